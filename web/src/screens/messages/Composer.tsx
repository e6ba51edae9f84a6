import { labelOf } from "@countersign/shared/kinds/children";
import type { RecordId } from "@countersign/shared/base/ids";
import type { HouseholdView } from "@countersign/shared/replica/people-view";
import type { MessageView } from "@countersign/shared/views/record";
import type { ActError } from "@countersign/shared/replica/answer";
import { Button, Checkbox, Group, Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { memo, useState, type ReactNode } from "react";
import { useApi, useSession } from "../../engine/context.ts";
import { draftKeys, useDraft, useDraftNames } from "../../engine/draft.ts";
import { useBack } from "../../engine/held.ts";
import { FilePicker } from "../../files/FilePicker.tsx";
import { useFilesBack, type FormFiles } from "../../incoming/placed.ts";
import { clockOf } from "../../lib/time.ts";
import { ChildrenField } from "../../ui/Children.tsx";
import { Field } from "../../ui/Field.tsx";
import { Note } from "../../ui/Note.tsx";
import { nameOf } from "../../ui/Person.tsx";
import { Problem } from "../../ui/Problem.tsx";
import { savedWords } from "../../ui/Proof.tsx";
import { TextArea } from "../../ui/TextArea.tsx";
import { useAct } from "../../ui/useAct.ts";
import { Loading } from "../../ui/Waiting.tsx";
import { t } from "../../words/words.ts";
import { ToneHint } from "./ToneHint.tsx";

const MOST = 20_000;
const MOST_SUBJECT = 200;

interface Props {
  readonly where: HouseholdView;
  /** Undefined begins a new thread, with a subject. */
  readonly thread?: RecordId;
  readonly own: boolean;
  /** Held by the screen, so that they stay when the message goes to another record. */
  readonly files: FormFiles;
  readonly reply?: MessageView | undefined;
  readonly clearReply?: () => void;
  readonly sent: (id: RecordId) => void;
}

/** Writes a message. Its draft is kept while it is typed; what is sent can't be changed. */
export function Composer({ where, thread, own, files: formFiles, reply, clearReply, sent }: Props): ReactNode {
  const api = useApi();
  const { vault } = useSession();
  const act = useAct();
  const keys = draftKeys.message(where.log, thread);
  const back = useBack(keys.text);
  const text = useDraft(keys.text);
  const subject = useDraft(keys.subject);
  const about = useDraftNames(keys.children);
  const [files, setFiles] = formFiles;
  useFilesBack(back, formFiles);
  const [settlement, setSettlement] = useState(back?.act.do === "message" && back.act.settlement === true);
  const [tried, setTried] = useState(false);
  if (text.text === undefined || subject.text === undefined || about.names === undefined) return <Loading lines={2} />;
  const body = text.text;
  const title = subject.text;
  const children = about.names;
  const left = MOST - body.length;
  const noSubject = thread === undefined && title.trim() === "";
  const send = (): void => {
    setTried(true);
    if (noSubject || left < 0 || children.some((name) => labelOf(name) === undefined)) return;
    act.run(
      () =>
        api.hold({
          do: "message",
          log: where.log,
          text: body,
          files,
          ...(thread === undefined ? { subject: title.trim(), children } : { thread }),
          ...(reply === undefined ? {} : { reply: reply.id }),
          ...(settlement ? { settlement } : {}),
        }),
      ({ record, held }) => {
        text.set("");
        subject.set("");
        about.set([]);
        setFiles([]);
        setSettlement(false);
        setTried(false);
        // What is held stands above the form and says so itself.
        if (held === undefined) notifications.show({ message: t("compose.sent", { saved: savedWords(vault.storage) }) });
        sent(record);
      },
    );
  };
  return (
    <form
      autoComplete="off"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <Stack>
        {thread === undefined ? (
          <>
            <Field
              label={t("compose.subject")}
              value={title}
              set={subject.set}
              maxLength={MOST_SUBJECT}
              error={tried && noSubject ? t("form.required") : undefined}
            />
            <ChildrenField log={where.log} value={children} set={about.set} />
          </>
        ) : null}
        {reply === undefined ? null : (
          <Group gap="xs">
            <Text size="sm">
              {t("thread.repliesTo", { name: nameOf(where, reply.author), date: clockOf(where.zone).moment(reply.proof.claimed) })}
            </Text>
            <Button variant="subtle" px="xs" onClick={clearReply}>
              {t("do.remove")}
            </Button>
          </Group>
        )}
        <FilePicker files={files} set={setFiles}>
          <TextArea
            id="compose"
            label={t(own ? "compose.note" : thread === undefined ? "compose.text" : "compose.reply")}
            value={body}
            minRows={4}
            maxRows={18}
            autoFocus={back !== undefined}
            error={left < 0 ? t("error.text-too-long", { limit: MOST }) : undefined}
            onChange={(event) => {
              text.set(event.currentTarget.value);
            }}
          />
        </FilePicker>
        <Text size="sm" c="dimmed" role="status" mih={22}>
          {text.state === "not-kept"
            ? act.error === undefined
              ? t("error.storage-full")
              : ""
            : body === ""
              ? ""
              : text.state === "kept"
                ? t("form.draft")
                : ""}
          {left >= 0 && left < 500 ? ` ${t("compose.left", { count: left })}` : ""}
        </Text>
        {own ? null : <ToneHint text={body} />}
        <Sending
          own={own}
          settlement={settlement}
          setSettlement={setSettlement}
          error={act.error}
          busy={act.busy}
          disabled={body.trim() === "" && files.length === 0}
          undo={own ? 0 : vault.undoSeconds}
        />
      </Stack>
    </form>
  );
}

interface SendingProps {
  readonly own: boolean;
  readonly settlement: boolean;
  readonly setSettlement: (is: boolean) => void;
  readonly error: ActError | undefined;
  readonly busy: boolean;
  readonly disabled: boolean;
  /** For how many seconds it can be taken back. */
  readonly undo: number;
}

/** What is below the text, not drawn anew with each key. */
const Sending = memo(function Sending({ own, settlement, setSettlement, error, busy, disabled, undo }: SendingProps): ReactNode {
  return (
    <>
      {own ? null : (
        <Checkbox
          label={t("compose.settlement")}
          description={t("compose.settlement.text")}
          checked={settlement}
          onChange={(event) => {
            setSettlement(event.currentTarget.checked);
          }}
        />
      )}
      <Note>{own ? t("compose.own") : undo > 0 ? t("compose.fixed.undo", { seconds: undo }) : t("compose.fixed")}</Note>
      <Problem error={error} />
      <Group>
        <Button type="submit" loading={busy} disabled={disabled}>
          {t(own ? "compose.keep" : "compose.send")}
        </Button>
      </Group>
    </>
  );
});
