import type { InvitePreview } from "@countersign/shared/replica/people-view";
import { Button, Group, Stack, Text } from "@mantine/core";
import { useState, type ReactNode } from "react";
import { useNavigate } from "react-router";
import { pendingLink } from "../../app/pendingLink.ts";
import { useApi } from "../../engine/context.ts";
import { useQuery } from "../../engine/query.ts";
import { clockOf, deviceZone } from "../../lib/time.ts";
import { ActForm } from "../../ui/ActForm.tsx";
import { CodeArea } from "../../ui/CodeArea.tsx";
import { NewPassphrase, longEnough } from "../../ui/NewPassphrase.tsx";
import { Note } from "../../ui/Note.tsx";
import { Problem } from "../../ui/Problem.tsx";
import { Screen } from "../../ui/Screen.tsx";
import { useAct } from "../../ui/useAct.ts";
import { Loading } from "../../ui/Waiting.tsx";
import { t } from "../../words/words.ts";
import { SheetFlow } from "../settings/SheetFlow.tsx";
import { InstallFirst } from "../start/InstallFirst.tsx";
import { ZoneSelect } from "../start/ZoneSelect.tsx";
import { NameField, ReceiptsChoice } from "../start/fields.tsx";
import { inIosBrowser } from "../start/ios.ts";
import { Unlock } from "../unlock/Unlock.tsx";

/** Joining: the link, what it says, a name and a passphrase, then the recovery sheet. */
export default function Join(): ReactNode {
  const api = useApi();
  const vault = useQuery("vault", ["vault"], (a) => a.vault()).data;
  const [link, setLink] = useState(() => pendingLink() ?? "");
  const [preview, setPreview] = useState<InvitePreview>();
  // The passphrase, once they have joined: the recovery sheet is what is left to do.
  const [joined, setJoined] = useState<string>();
  const go = useNavigate();
  const home = (): void => void go("/", { replace: true });
  const act = useAct();
  const look = (text: string): void => {
    setLink(text);
    setPreview(undefined);
    if (text.trim() !== "") act.run(() => api.previewInvite(text.trim()), setPreview);
  };
  // Decided once: joining itself opens a vault, and the form must stay.
  const [fresh, setFresh] = useState<boolean>();
  if (vault === undefined) return <Loading />;
  if (fresh === undefined && vault.state !== "locked") setFresh(vault.state === "none");
  if (vault.state === "locked" && fresh === undefined) return <Unlock vault={vault} />;
  if (inIosBrowser()) {
    return (
      <Screen title={t("join.title")} back="/start">
        <InstallFirst />
      </Screen>
    );
  }
  if (joined !== undefined) {
    return (
      <Screen title={t("sheet.title")}>
        <SheetFlow passphrase={joined} then={home} />
      </Screen>
    );
  }
  return (
    <Screen title={t(preview === undefined ? "join.title" : "join.preview")} back={fresh === false ? "/" : "/start"}>
      {preview === undefined ? (
        <form
          autoComplete="off"
          onSubmit={(event) => {
            event.preventDefault();
            look(link);
          }}
        >
          <Stack gap="lg">
            <Text>{t("join.text")}</Text>
            <CodeArea
              label={t("join.link")}
              value={link}
              set={(text) => {
                setLink(text);
                act.clear();
              }}
              scanned={look}
              rows={2}
            />
            <Problem error={act.error} />
            <Group>
              <Button type="submit" loading={act.busy} disabled={link.trim() === ""}>
                {t("join.look")}
              </Button>
            </Group>
          </Stack>
        </form>
      ) : (
        <JoinForm
          link={link.trim()}
          preview={preview}
          fresh={fresh ?? true}
          joined={(passphrase) => (fresh === false ? home() : setJoined(passphrase))}
        />
      )}
    </Screen>
  );
}

interface FormProps {
  readonly link: string;
  readonly preview: InvitePreview;
  readonly fresh: boolean;
  readonly joined: (passphrase: string) => void;
}

function JoinForm({ link, preview, fresh, joined }: FormProps): ReactNode {
  const api = useApi();
  const act = useAct();
  const [name, setName] = useState("");
  const [zone, setZone] = useState(deviceZone);
  const [receipts, setReceipts] = useState(false);
  const [passphrase, setPassphrase] = useState("");
  return (
    <ActForm
      act={act}
      action={t("join.do")}
      ready={name.trim() !== "" && (!fresh || longEnough(passphrase))}
      submit={() =>
        act.run(
          () => api.join({ link, name: name.trim(), zone, viewReceipts: receipts, ...(fresh ? { passphrase } : {}) }),
          () => joined(passphrase),
        )
      }
    >
      {(tried) => (
        <>
          <dl className="cs-facts">
            <dt>{t("join.preview.relay")}</dt>
            <dd>{preview.relay}</dd>
            {preview.expires === undefined ? null : (
              <>
                <dt>{t("join.preview.expires")}</dt>
                <dd>{clockOf(deviceZone()).moment(preview.expires)}</dd>
              </>
            )}
          </dl>
          <Note tone="wait">{t("join.preview.text")}</Note>
          {fresh ? null : <Text>{t("join.have")}</Text>}
          <NameField label={t("new.name")} description={t("new.name.text")} value={name} set={setName} tried={tried} />
          {fresh ? (
            <>
              <NewPassphrase description={t("new.pass.text")} value={passphrase} set={setPassphrase} own={[name]} tried={tried} />
              <ZoneSelect value={zone} set={setZone} />
            </>
          ) : null}
          <ReceiptsChoice value={receipts} set={setReceipts} />
        </>
      )}
    </ActForm>
  );
}
