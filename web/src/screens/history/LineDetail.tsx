import { showUnseen } from "@countersign/shared/base/unseen";
import type { HistoryDetail, HistoryRow } from "@countersign/shared/views/history";
import type { HouseholdView } from "@countersign/shared/replica/people-view";
import { Anchor, Button, Group, Stack, Text } from "@mantine/core";
import { IconHistory } from "@tabler/icons-react";
import { useState, type ReactNode } from "react";
import { useNavigate } from "react-router";
import { useApi, useSession } from "../../engine/context.ts";
import { useQuery } from "../../engine/query.ts";
import { formatSize } from "../../lib/size.ts";
import { Load } from "../../ui/Load.tsx";
import { AboutChildren } from "../../ui/Children.tsx";
import { Note } from "../../ui/Note.tsx";
import { ProofFacts } from "../../ui/Proof.tsx";
import { TextLink } from "../../ui/TextLink.tsx";
import { Written } from "../../ui/Written.tsx";
import { t } from "../../words/words.ts";
import { BeforeAfter } from "./BeforeAfter.tsx";
import { chosenWords } from "./chosen.ts";
import { LineFacts } from "./LineFacts.tsx";

interface Props {
  readonly row: HistoryRow;
  readonly where: HouseholdView;
  readonly own: boolean;
}

/** A line in whole, asked for when it is opened. */
export function LineDetail({ row, where, own }: Props): ReactNode {
  const { at, lookAt, vault } = useSession();
  const detail = useQuery(`line ${where.log} ${row.id} ${String(at ?? "")}`, ["history"], async (api) => ({
    found: await api.historyDetail(where.log, row.id),
  }));
  const then = row.notAfter;
  return (
    <Load of={detail} lines={2}>
      {({ found }) => (
        <Stack gap="sm" mt="sm">
          {found === undefined ? null : <Content detail={found} where={where} />}
          {found?.proof === undefined || row.type === "own" ? (
            <LineFacts row={row} where={where} />
          ) : (
            <ProofFacts proof={found.proof} household={where} storage={vault.storage} />
          )}
          <Group gap="md">
            {row.type === "act" && row.record !== undefined ? (
              <>
                <RecordLink row={row} where={where} own={own} />
                <TextLink to={`/history?${own ? "in=own&" : ""}record=${row.record}`}>{t("history.record.only")}</TextLink>
              </>
            ) : null}
            {then === undefined || row.type === "own" || at === then ? null : (
              <Button variant="subtle" px="xs" leftSection={<IconHistory size={18} aria-hidden />} onClick={() => lookAt(then)}>
                {t("history.then.show")}
              </Button>
            )}
          </Group>
        </Stack>
      )}
    </Load>
  );
}

function Content({ detail, where }: { readonly detail: HistoryDetail; readonly where: HouseholdView }): ReactNode {
  const { message, expense, said, own } = detail;
  if (message !== undefined) {
    return (
      <div>
        <Text size="sm" c="dimmed">
          {t("history.new")}
        </Text>
        <AboutChildren names={message.children} />
        {message.settlement ? <Text size="sm">{t("history.settlement")}</Text> : null}
        <Written text={message.text} />
        {message.files.length === 0 ? null : (
          <Text size="sm">
            {t("history.files")}: {showUnseen(message.files.join(", "))}
          </Text>
        )}
      </div>
    );
  }
  if (expense !== undefined) return <BeforeAfter expense={expense} zone={where.zone} />;
  if (said !== undefined) return <Said said={said} />;
  if (own === undefined) return null;
  const chosen = chosenWords(own.scope ?? "");
  return (
    <dl className="cs-facts">
      {own.size === undefined ? null : (
        <>
          <dt>{t("history.own.size")}</dt>
          <dd>{formatSize(own.size)}</dd>
        </>
      )}
      {own.hash === undefined ? null : (
        <>
          <dt>{t("history.own.file")}</dt>
          <dd>{own.hash}</dd>
        </>
      )}
      {chosen.length === 0 ? null : (
        <>
          <dt>{t("history.own.scope")}</dt>
          <dd>
            {chosen.map((part) => (
              <div key={part}>{part}</div>
            ))}
          </dd>
        </>
      )}
    </dl>
  );
}

/** Field by field, as text: whoever broke a rule may have written anything there. */
function Said({ said }: { readonly said: NonNullable<HistoryDetail["said"]> }): ReactNode {
  return (
    <div>
      <Text size="sm" c="dimmed">
        {t("history.said")}
      </Text>
      {said.length === 0 ? (
        <Text size="sm">{t("history.said.none")}</Text>
      ) : (
        <dl className="cs-facts">
          {said.map(({ field, value }) => (
            <div key={field} style={{ display: "contents" }}>
              <dt>{field}</dt>
              <dd className="cs-text">
                <bdi>{showUnseen(value)}</bdi>
              </dd>
            </div>
          ))}
        </dl>
      )}
    </div>
  );
}

/** A message's address needs its thread, which only the message itself knows: it is asked for on the click. */
function RecordLink({ row, where, own }: Props): ReactNode {
  const api = useApi();
  const go = useNavigate();
  const [gone, setGone] = useState(false);
  const { record } = row;
  if (record === undefined || row.what.startsWith("receipt.")) return null;
  const base = own ? "/own" : "";
  if (row.what.startsWith("expense.")) {
    return <TextLink to={`${base}/expenses/${record}`}>{t("history.open")}</TextLink>;
  }
  if (gone) return <Note live>{t("error.record-unknown")}</Note>;
  return (
    <Anchor
      component="button"
      type="button"
      style={{ minHeight: 44 }}
      onClick={() => {
        api.message(where.log, record).then(
          (message) => {
            if (message === undefined) setGone(true);
            else void go(`${base}/messages/${message.thread}/${message.id}`);
          },
          () => {
            setGone(true);
          },
        );
      }}
    >
      {t("history.open")}
    </Anchor>
  );
}
