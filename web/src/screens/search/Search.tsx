import type { HouseholdView } from "@countersign/shared/replica/people-view";
import type { SearchHit, SearchKind, SearchPage } from "@countersign/shared/views/search";
import { SegmentedControl, Stack, Switch, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { useEffect, useRef, useState, type ReactNode } from "react";
import { useLocation, useNavigate } from "react-router";
import { SEARCH_KEY, useLastSearch } from "../../app/searchKey.ts";
import { useApi, useSession } from "../../engine/context.ts";
import { usePaged } from "../../engine/paged.ts";
import { Empty } from "../../ui/Empty.tsx";
import { Screen } from "../../ui/Screen.tsx";
import { VirtualList } from "../../ui/VirtualList.tsx";
import { Loading } from "../../ui/Waiting.tsx";
import { t } from "../../words/words.ts";
import { Found } from "./Found.tsx";

/** After the last key, ms: nobody reads what is found between two letters. */
const PAUSE = 150;
const MOST = 200;

/** Everything that was said and asked for, by its words: messages and expenses, one's own among them. */
export default function Search(): ReactNode {
  const last = useLastSearch();
  const [text, setText] = useState(last.text);
  const [kind, setKind] = useState<SearchKind>(last.kind);
  const [asked] = useDebouncedValue(text.trim(), PAUSE);
  useEscape();
  useEffect(() => {
    Object.assign(last, { text, kind });
  }, [last, text, kind]);
  return (
    <Screen title={t("search.title")}>
      <Stack>
        <TextInput
          id="search"
          type="search"
          label={t("search.words")}
          description={t("search.words.text")}
          leftSection={<IconSearch size={20} aria-hidden />}
          value={text}
          maxLength={MOST}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          enterKeyHint="search"
          autoFocus
          onFocus={(event) => {
            event.currentTarget.select();
          }}
          onChange={(event) => {
            setText(event.currentTarget.value);
          }}
        />
        {text.trim() === "" ? <Begin /> : asked === "" ? <Loading lines={3} /> : <Results text={asked} kind={kind} setKind={setKind} />}
      </Stack>
    </Screen>
  );
}

/** Escape goes back to where the search was opened; opened by its address, to Today. */
function useEscape(): void {
  const go = useNavigate();
  const { key } = useLocation();
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => {
      if (event.key !== "Escape" || event.isComposing || event.defaultPrevented) return;
      event.preventDefault();
      void (key === "default" ? go("/") : go(-1));
    };
    addEventListener("keydown", listen);
    return () => {
      removeEventListener("keydown", listen);
    };
  }, [go, key]);
}

/** Nothing is looked for yet. */
function Begin(): ReactNode {
  const on = SEARCH_KEY.useOn();
  return (
    <>
      <Empty text={t("search.empty")} />
      <Switch
        className="cs-keys"
        label={t("search.key")}
        description={t("search.key.text")}
        checked={on}
        onChange={(event) => {
          SEARCH_KEY.set(event.currentTarget.checked);
        }}
      />
    </>
  );
}

interface ResultsProps {
  /** What is looked for. */
  readonly text: string;
  readonly kind: SearchKind;
  readonly setKind: (kind: SearchKind) => void;
}

type Known = Pick<SearchPage, "counts" | "done"> & { readonly text: string };

function Results({ text, kind, setKind }: ResultsProps): ReactNode {
  const api = useApi();
  const { home, own } = useSession();
  const [job] = useState(() => `search ${crypto.randomUUID()}`);
  const [known, setKnown] = useState<Known>();
  const latest = useRef(text);
  useEffect(() => {
    latest.current = text;
  }, [text]);
  useEffect(
    () => () => {
      void api.cancel(job).catch(() => undefined);
    },
    [api, job],
  );
  const logs = [...(home === undefined ? [] : [home.log]), own.log];
  // What was found for the words before stays in sight until there is something for these.
  const rows = usePaged<SearchHit>(
    `search ${text} ${kind} ${logs.join(" ")}`,
    ["search", "messages", "expenses", "households"],
    async (offset, limit) => {
      const page = await api.search({ job, logs, text, kind }, offset, limit);
      // Of a search that was ended by the next one the answer may come last.
      if (latest.current === text)
        setKnown((before) => (isSame(before, page, text) ? before : { text, counts: page.counts, done: page.done }));
      return page;
    },
    { scope: `search ${kind}` },
  );
  const now = known?.text === text ? known : undefined;
  const whereOf = (hit: SearchHit): HouseholdView => (hit.log === home?.log ? home : own);
  const other = kind === "message" ? "expense" : "message";
  const nothing =
    now?.done === true ? <Empty text={now.counts[other] > 0 ? t(`search.none.${kind}`) : t("search.none")} /> : <Loading lines={3} />;
  return (
    <>
      <SegmentedControl
        aria-label={t("search.kinds")}
        size="md"
        value={kind}
        data={(["message", "expense"] as const).map((value) => ({
          value,
          label: t(`search.kind.${value}`, { count: now?.counts[value] ?? 0, known: now === undefined ? "no" : "yes" }),
        }))}
        onChange={(value) => {
          setKind(value === "expense" ? "expense" : "message");
        }}
      />
      <Text size="sm" c="dimmed" role="status" mih={22}>
        {now === undefined
          ? ""
          : t(now.done ? "search.found" : "search.found.yet", { messages: now.counts.message, expenses: now.counts.expense })}
      </Text>
      <VirtualList
        rows={rows}
        label={t("search.results")}
        height={112}
        className="cs-list"
        empty={nothing}
        render={(hit) => <Found hit={hit} where={whereOf(hit)} own={hit.log === own.log && home !== undefined && home.log !== own.log} />}
      />
    </>
  );
}

const isSame = (known: Known | undefined, { counts, done }: SearchPage, text: string): boolean =>
  known !== undefined &&
  known.text === text &&
  known.done === done &&
  known.counts.message === counts.message &&
  known.counts.expense === counts.expense;
