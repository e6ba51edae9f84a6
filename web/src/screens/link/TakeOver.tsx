import type { LinkView } from "@countersign/shared/replica/link-view";
import { Button, Group, Stack, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { Navigate, useNavigate } from "react-router";
import { useApi } from "../../engine/context.ts";
import { useQuery } from "../../engine/query.ts";
import { errorWords } from "../../lib/errors.ts";
import { Loading } from "../../ui/Waiting.tsx";
import { Note } from "../../ui/Note.tsx";
import { Screen } from "../../ui/Screen.tsx";
import { t } from "../../words/words.ts";
import { Offline, Step, StopLink } from "./Step.tsx";
import { TakeOverForm } from "./TakeOverForm.tsx";
import { useLink } from "./useLink.ts";

/** An empty device takes the record over from another one of the same person: code, digits, progress, done. */
export default function TakeOver(): ReactNode {
  const link = useLink();
  const vault = useQuery("vault", ["vault"], (a) => a.vault()).data;
  if (link === undefined || vault === undefined)
    return (
      <Screen title={t("take.title")} back="/start">
        <Loading lines={2} />
      </Screen>
    );
  // There is a record here already, and nothing of a linking to be seen any more.
  if (link.state === "off" && vault.state !== "none") return <Navigate to="/" replace />;
  const isForm = link.state === "off" || link.state === "looking";
  return (
    <Screen title={t("take.title")} {...(isForm ? { back: "/start" } : {})}>
      {isForm ? <TakeOverForm /> : <Receiving link={link} />}
    </Screen>
  );
}

/** What a device that receives shows after the code was taken. */
export function Receiving({ link }: { readonly link: LinkView }): ReactNode {
  switch (link.state) {
    case "showing":
      return <Digits link={link} />;
    case "taking":
      return (
        <Stack gap="lg">
          <Step title={t("take.taking")} text={t("link.keepOpen")} offline={link.offline} done={link.done} of={link.of} />
          <StopLink />
        </Stack>
      );
    case "syncing":
      return (
        <Step
          title={t("take.syncing")}
          text={t("take.syncing.text")}
          offline={link.offline}
          done={link.done}
          of={link.of}
          numbers={t("take.syncing.count", { done: link.done, of: link.of })}
        />
      );
    case "taken":
      return <Taken />;
    case "failed":
      return <Failed link={link} />;
    default:
      return <Navigate to="/" replace />;
  }
}

function Digits({ link }: { readonly link: Extract<LinkView, { state: "showing" }> }): ReactNode {
  const { digits } = link;
  return (
    <Stack gap="lg">
      <Text>{t("take.digits.text")}</Text>
      <Text component="p" className="cs-digits" role="status" aria-label={t("take.digits.say", { digits: digits.split("").join(" ") })}>
        {digits.slice(0, 3)} {digits.slice(3)}
      </Text>
      <Step title={t("take.digits.waiting")} offline={false} />
      <Note>{t("take.digits.warn")}</Note>
      <Offline offline={link.offline} />
      <StopLink />
    </Stack>
  );
}

function Taken(): ReactNode {
  const api = useApi();
  const go = useNavigate();
  return (
    <Stack gap="lg">
      <Note tone="good" live>
        {t("take.taken")}
      </Note>
      <Text>{t("take.taken.text")}</Text>
      <Group>
        <Button
          onClick={() => {
            void api
              .stopLink()
              .catch(() => undefined)
              .then(() => go("/", { replace: true }));
          }}
        >
          {t("take.open")}
        </Button>
      </Group>
    </Stack>
  );
}

function Failed({ link }: { readonly link: Extract<LinkView, { state: "failed" }> }): ReactNode {
  return (
    <Stack gap="lg">
      <Note tone="bad" live>
        {errorWords(link.error)}
      </Note>
      {link.error.code === "removed" ? null : <Text>{t("take.failed")}</Text>}
      <StopLink label={t(link.error.code === "removed" ? "do.close" : "link.again")} />
    </Stack>
  );
}
