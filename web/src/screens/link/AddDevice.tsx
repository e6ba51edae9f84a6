import type { LinkView } from "@countersign/shared/replica/link-view";
import { Button, CopyButton, Group, Stack, Text, TextInput } from "@mantine/core";
import { useEffect, useRef, useState, type ReactNode } from "react";
import { useNavigate } from "react-router";
import { useApi, useSession } from "../../engine/context.ts";
import { errorWords } from "../../lib/errors.ts";
import { clockOf, deviceZone } from "../../lib/time.ts";
import { AskPassphrase } from "../../ui/AskPassphrase.tsx";
import { Loading } from "../../ui/Waiting.tsx";
import { Note } from "../../ui/Note.tsx";
import { Problem } from "../../ui/Problem.tsx";
import { QrCode } from "../../ui/QrCode.tsx";
import { Screen } from "../../ui/Screen.tsx";
import { useAct } from "../../ui/useAct.ts";
import { t } from "../../words/words.ts";
import { Offline, Step, StopLink } from "./Step.tsx";
import { useLink } from "./useLink.ts";

/** The device that has the record brings in another one of the same person: passphrase, code, six digits, done. */
export default function AddDevice(): ReactNode {
  const link = useLink();
  return (
    <Screen title={t("link.add")} back="/settings/devices">
      {link === undefined ? <Loading lines={2} /> : <State link={link} />}
    </Screen>
  );
}

function State({ link }: { readonly link: LinkView }): ReactNode {
  switch (link.state) {
    case "code":
      return <Code link={link} />;
    case "digits":
      return <Digits link={link} />;
    case "giving":
      return (
        <Stack gap="lg">
          <Step
            title={t("link.giving")}
            text={t("link.keepOpen")}
            offline={link.offline}
            done={link.done}
            of={link.of}
            numbers={t("link.giving.count", { done: link.done, of: link.of })}
          />
          <StopLink />
        </Stack>
      );
    case "finishing":
      return <Step title={t("link.finishing", { name: nameOf(link.name) })} text={t("link.keepOpen")} offline={link.offline} />;
    case "given":
      return <Given name={nameOf(link.name)} />;
    case "failed":
      return (
        <Stack gap="lg">
          <Note tone="bad" live>
            {errorWords(link.error)}
          </Note>
          <Text>{t("link.nothingLeft")}</Text>
          <Begin again />
        </Stack>
      );
    default:
      return (
        <Stack gap="lg">
          <Text>{t("link.add.text")}</Text>
          <ol style={{ margin: 0, paddingInlineStart: 24, display: "grid", gap: 8 }}>
            <li>{t("link.step1")}</li>
            <li>{t("link.step2")}</li>
            <li>{t("link.step3")}</li>
          </ol>
          <Note>{t("link.add.warn")}</Note>
          <Begin />
        </Stack>
      );
  }
}

const nameOf = (name: string): string => (name === "" ? t("link.newDevice") : name);

function Begin({ again = false }: { readonly again?: boolean }): ReactNode {
  const api = useApi();
  const { vault } = useSession();
  const [asking, setAsking] = useState(false);
  if (vault.sample === true) return <Note>{t("link.sample")}</Note>;
  return (
    <Group>
      <Button onClick={() => setAsking(true)}>{t(again ? "link.show.again" : "link.show")}</Button>
      {asking ? (
        <AskPassphrase
          title={t("link.show")}
          action={t("link.show")}
          close={() => setAsking(false)}
          call={(passphrase) => api.addDevice(passphrase)}
          then={() => setAsking(false)}
        >
          <Text>{t("link.show.text")}</Text>
        </AskPassphrase>
      ) : null}
    </Group>
  );
}

function Code({ link }: { readonly link: Extract<LinkView, { state: "code" }> }): ReactNode {
  return (
    <Stack gap="lg">
      <Text>{t("link.code.text")}</Text>
      <QrCode text={link.text} label={t("link.code.qr")} size={240} />
      <Stack gap="xs">
        <Text fw={600}>{t("link.code")}</Text>
        <Text component="p" className="cs-code">
          {link.code}
        </Text>
        <Group>
          <CopyButton value={link.text}>
            {({ copied, copy }) => (
              <Button variant="default" onClick={copy}>
                {t(copied ? "do.copied" : "link.code.copy")}
              </Button>
            )}
          </CopyButton>
        </Group>
      </Stack>
      <Note tone="wait">{t("link.code.secret", { time: clockOf(deviceZone()).short(link.expires) })}</Note>
      <Step title={t("link.code.waiting")} offline={link.offline} />
      <StopLink />
    </Stack>
  );
}

function Digits({ link }: { readonly link: Extract<LinkView, { state: "digits" }> }): ReactNode {
  const api = useApi();
  const act = useAct();
  const [digits, setDigits] = useState("");
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    field.current?.focus();
  }, [link.left]);
  const plain = digits.replace(/\D/g, "");
  return (
    <form
      autoComplete="off"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (plain.length === 6)
          act.run(
            async () => {
              const answer = await api.typeDigits(plain);
              if (!answer.ok) setDigits("");
              return answer;
            },
            () => undefined,
          );
      }}
    >
      <Stack gap="lg">
        <Text>{t("link.digits.text")}</Text>
        <TextInput
          ref={field}
          label={t("link.digits")}
          description={t("link.digits.left", { left: link.left })}
          value={digits}
          inputMode="numeric"
          autoComplete="off"
          maxLength={7}
          className="cs-digits-field"
          onChange={(event) => {
            setDigits(event.currentTarget.value);
          }}
        />
        <Problem error={act.error} />
        <Note>{t("link.digits.warn")}</Note>
        <Offline offline={link.offline} />
        <Group>
          <Button type="submit" loading={act.busy} disabled={plain.length !== 6}>
            {t("do.continue")}
          </Button>
        </Group>
        <StopLink label={t("link.digits.other")} />
      </Stack>
    </form>
  );
}

function Given({ name }: { readonly name: string }): ReactNode {
  const api = useApi();
  const go = useNavigate();
  return (
    <Stack gap="lg">
      <Note tone="good" live>
        {t("link.given", { name })}
      </Note>
      <Text>{t("link.given.text")}</Text>
      <Group>
        <Button
          onClick={() => {
            void api
              .stopLink()
              .catch(() => undefined)
              .then(() => go("/settings/devices"));
          }}
        >
          {t("do.done")}
        </Button>
      </Group>
    </Stack>
  );
}
