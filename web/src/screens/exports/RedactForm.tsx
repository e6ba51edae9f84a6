import { showUnseen } from "@countersign/shared/base/unseen";
import type { FileId, RecordId } from "@countersign/shared/base/ids";
import type { HouseholdView } from "@countersign/shared/replica/people-view";
import type { ExpenseView, FileView, MessageView, ThreadView } from "@countersign/shared/views/record";
import { Button, Checkbox, SegmentedControl, Stack, Text } from "@mantine/core";
import { IconArrowLeft, IconChevronRight } from "@tabler/icons-react";
import { useState, type ReactNode } from "react";
import { useApi } from "../../engine/context.ts";
import { usePaged } from "../../engine/paged.ts";
import { formatMoney } from "../../lib/money.ts";
import { clockOf } from "../../lib/time.ts";
import { Field } from "../../ui/Field.tsx";
import { nameOf } from "../../ui/Person.tsx";
import { t } from "../../words/words.ts";
import { PickList } from "./PickList.tsx";
import { MAX_REASON, reasonWrong, type Choice } from "./scope.ts";

interface Props {
  readonly where: HouseholdView;
  readonly choice: Choice;
  readonly set: (choice: Choice) => void;
}

/** Single messages, expenses and files that are left out of what is chosen, and the reason that the snapshot states (rule S41). */
export function RedactForm({ where, choice, set }: Props): ReactNode {
  const [part, setPart] = useState<"messages" | "expenses">("messages");
  const [thread, setThread] = useState<ThreadView>();
  const picking: Picking = {
    where,
    choice,
    leave: (id, isLeft) => set({ ...choice, records: toggled(choice.records, id, isLeft) }),
    leaveFile: (id, isLeft) => set({ ...choice, leftFiles: toggled(choice.leftFiles, id, isLeft) }),
  };
  return (
    <Stack gap="md">
      <Checkbox
        label={t("exports.redact")}
        description={t("exports.redact.text")}
        checked={choice.redacts}
        onChange={(event) => set({ ...choice, redacts: event.currentTarget.checked })}
      />
      {choice.redacts ? (
        <Stack gap="md" className="cs-card">
          <Field
            label={t("exports.redact.reason")}
            description={t("exports.redact.reason.text")}
            value={choice.reason}
            maxLength={MAX_REASON}
            set={(reason) => set({ ...choice, reason })}
            error={reasonWrong(choice) ? t("exports.redact.reason.needed", { most: MAX_REASON }) : undefined}
          />
          <SegmentedControl
            aria-label={t("exports.redact.which")}
            value={part}
            data={[
              { value: "messages", label: t("exports.redact.messages") },
              { value: "expenses", label: t("exports.redact.expenses") },
            ]}
            onChange={(value) => setPart(value === "expenses" ? "expenses" : "messages")}
          />
          {part === "expenses" ? (
            <Expenses {...picking} />
          ) : thread === undefined ? (
            <Threads {...picking} open={setThread} />
          ) : (
            <Messages {...picking} thread={thread} back={() => setThread(undefined)} />
          )}
          <Text size="sm" role="status">
            {t("exports.redact.count", { count: choice.records.length, files: choice.leftFiles.length })}
          </Text>
        </Stack>
      ) : null}
    </Stack>
  );
}

const toggled = <T,>(list: readonly T[], item: T, isIn: boolean): readonly T[] =>
  isIn ? [...list.filter((x) => x !== item), item] : list.filter((x) => x !== item);

interface Picking {
  readonly where: HouseholdView;
  readonly choice: Choice;
  readonly leave: (id: RecordId, isLeft: boolean) => void;
  readonly leaveFile: (id: FileId, isLeft: boolean) => void;
}

function Threads({ where, open }: Picking & { readonly open: (thread: ThreadView) => void }): ReactNode {
  const api = useApi();
  const rows = usePaged(`redact threads ${where.log}`, ["messages"], (offset, limit) => api.threads(where.log, offset, limit));
  return (
    <PickList
      rows={rows}
      label={t("exports.redact.threads")}
      render={(row) => (
        <button type="button" className="cs-row" onClick={() => open(row)}>
          <span style={{ display: "flex", alignItems: "center", gap: 16 }}>
            <span style={{ flex: 1, minWidth: 0 }}>{showUnseen(row.subject)}</span>
            <IconChevronRight size={20} aria-hidden style={{ flex: "none", color: "var(--mantine-color-dimmed)" }} />
          </span>
        </button>
      )}
    />
  );
}

function Messages({ thread, back, ...of }: Picking & { readonly thread: ThreadView; readonly back: () => void }): ReactNode {
  const { where } = of;
  const api = useApi();
  const clock = clockOf(where.zone);
  const rows = usePaged<MessageView>(`redact messages ${where.log} ${thread.id}`, ["messages"], (offset, limit) =>
    api.messages(where.log, thread.id, offset, limit),
  );
  return (
    <Stack gap="xs">
      <div>
        <Button variant="subtle" size="compact-md" leftSection={<IconArrowLeft size={18} aria-hidden />} onClick={back}>
          {t("exports.redact.back")}
        </Button>
      </div>
      <Text fw={600}>{showUnseen(thread.subject)}</Text>
      <PickList
        rows={rows}
        label={t("exports.redact.in")}
        height={72}
        render={(row) => (
          <Row
            {...of}
            id={row.id}
            label={t("exports.redact.message", { name: nameOf(where, row.author), time: clock.moment(row.proof.claimed) })}
            text={showUnseen(row.text)}
            files={row.files}
          />
        )}
      />
    </Stack>
  );
}

function Expenses(of: Picking): ReactNode {
  const { where } = of;
  const api = useApi();
  const rows = usePaged<ExpenseView>(`redact expenses ${where.log}`, ["expenses"], (offset, limit) =>
    api.expenses(where.log, {}, offset, limit),
  );
  return (
    <PickList
      rows={rows}
      label={t("exports.redact.expenses")}
      height={72}
      render={(row) => (
        <Row
          {...of}
          id={row.id}
          label={showUnseen(row.title)}
          text={`${nameOf(where, row.author)} · ${formatMoney(row.amount, row.currency)}`}
          files={[...row.files, ...row.steps.flatMap((step) => step.files)]}
        />
      )}
    />
  );
}

interface RowProps extends Picking {
  readonly id: RecordId;
  readonly label: string;
  readonly text: string;
  readonly files: readonly FileView[];
}

/** One record with the files that it names; a record that is left out takes its files with it. */
function Row({ choice, leave, leaveFile, id, label, text, files }: RowProps): ReactNode {
  const isLeft = choice.records.includes(id);
  return (
    <div className="cs-row">
      <Checkbox
        label={label}
        description={
          <Text component="span" size="sm" c="dimmed" lineClamp={2}>
            {text}
          </Text>
        }
        checked={isLeft}
        onChange={(event) => leave(id, event.currentTarget.checked)}
      />
      {isLeft || !choice.files
        ? null
        : files.map((file) => (
            <Checkbox
              key={file.id}
              ml={32}
              mt="xs"
              label={t("exports.redact.file", { name: file.name })}
              checked={choice.leftFiles.includes(file.id)}
              onChange={(event) => leaveFile(file.id, event.currentTarget.checked)}
            />
          ))}
    </div>
  );
}
