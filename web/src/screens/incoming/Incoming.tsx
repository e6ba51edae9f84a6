import type { RecordId } from "@countersign/shared/base/ids";
import { MAX_FILE_BYTES } from "@countersign/shared/kinds/file-limits";
import type { HouseholdView } from "@countersign/shared/replica/people-view";
import { Button, Stack, Text, Title } from "@mantine/core";
import { IconMail, IconNotebook, IconReceipt } from "@tabler/icons-react";
import { useState, type ReactNode } from "react";
import { useNavigate } from "react-router";
import { useApi, useSession } from "../../engine/context.ts";
import { changeDraft, draftKeys } from "../../engine/draft.ts";
import { newFile } from "../../files/FilePicker.tsx";
import type { Given } from "../../incoming/arrival.ts";
import { place, useIncoming } from "../../incoming/incoming.ts";
import { placeFiles } from "../../incoming/placed.ts";
import { clockOf } from "../../lib/time.ts";
import { ButtonRow } from "../../ui/LinkRow.tsx";
import { otherName } from "../../ui/Person.tsx";
import { Problem } from "../../ui/Problem.tsx";
import { Screen } from "../../ui/Screen.tsx";
import { Loading } from "../../ui/Waiting.tsx";
import { WhichRecord } from "../../ui/WhichRecord.tsx";
import { t } from "../../words/words.ts";
import { emptyForm, readForm } from "../expenses/form.ts";
import { ThreadList } from "../messages/Threads.tsx";
import { writableHome } from "../writable.ts";
import { CheckIt } from "./CheckIt.tsx";
import { What, WhyNot } from "./What.tsx";

const below = (before: string, text: string): string => (before === "" ? text : text === "" ? before : `${before}\n${text}`);

/** What another app shared with this one: the person looks at it and says where it goes. Nothing goes by itself. */
export default function Incoming(): ReactNode {
  const incoming = useIncoming();
  return (
    <Screen title={t("incoming.title")} back="/">
      {incoming.state === "coming" ? <Loading /> : null}
      {incoming.state === "here" ? <Choices given={incoming.given} /> : null}
      {incoming.state === "coming" || incoming.state === "here" ? null : <WhyNot state={incoming.state} />}
    </Screen>
  );
}

function Choices({ given }: { readonly given: Given }): ReactNode {
  const go = useNavigate();
  const api = useApi();
  const session = useSession();
  const home = writableHome(session);
  const [mine, setMine] = useState(home === undefined);
  const isLarge = given.files.some((file) => file.bytes.length > MAX_FILE_BYTES);

  const put = (to: string): void => {
    placeFiles(given.files.map((file) => newFile(file.name, file.type, file.bytes)));
    place();
    void go(to);
  };
  const intoMessage = (where: HouseholdView, to: string, thread?: RecordId): void => {
    void changeDraft(api, draftKeys.message(where.log, thread).text, (before) => below(before, given.text)).then(() => put(to));
  };
  const intoExpense = async (): Promise<void> => {
    const where = home ?? session.own;
    if (given.text !== "") {
      const currency = (await api.balances(where.log))[0]?.currency;
      await changeDraft(api, draftKeys.expense(where.log), (before) => {
        const form = readForm(before) ?? emptyForm(clockOf(where.zone).today(), currency);
        return JSON.stringify({ ...form, note: below(form.note, given.text) });
      });
    }
    put("/expenses/new");
  };
  const base = mine || home === undefined ? "/own/messages" : "/messages";
  const list = mine || home === undefined ? session.own : home;
  return (
    <Stack gap="lg">
      <Text>{t("incoming.text")}</Text>
      <What given={given} />
      {isLarge ? <Problem error={{ code: "file-too-large", limit: MAX_FILE_BYTES }} /> : null}
      <div className="cs-list">
        {isLarge || home === undefined ? null : (
          <ButtonRow
            icon={IconMail}
            title={t("incoming.new", { name: otherName(home) })}
            text={t("incoming.new.text")}
            press={() => intoMessage(home, "/messages/new")}
          />
        )}
        {isLarge ? null : (
          <ButtonRow
            icon={IconNotebook}
            title={t("incoming.own")}
            text={home === undefined ? t("incoming.own.alone") : t("incoming.own.text", { name: otherName(home) })}
            press={() => intoMessage(session.own, "/messages/new?in=own")}
          />
        )}
        {isLarge || given.files.length === 0 ? null : (
          <ButtonRow icon={IconReceipt} title={t("incoming.expense")} text={t("incoming.expense.text")} press={() => void intoExpense()} />
        )}
        <CheckIt given={given} />
      </div>
      {isLarge ? null : (
        <section aria-labelledby="threads">
          <Title order={2} id="threads" mb="sm">
            {t("incoming.thread")}
          </Title>
          <Stack>
            {home === undefined ? null : <WhichRecord home={home} own={mine} set={setMine} />}
            <ThreadList key={list.log} where={list} choose={(thread) => intoMessage(list, `${base}/${thread}`, thread)} />
          </Stack>
        </section>
      )}
      <Button
        variant="default"
        style={{ alignSelf: "flex-start" }}
        onClick={() => {
          place();
          void go("/");
        }}
      >
        {t("incoming.away")}
      </Button>
    </Stack>
  );
}
