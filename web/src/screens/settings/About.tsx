import { Button, Group, Progress, Stack, Text, Title } from "@mantine/core";
import { useEffect, useRef, useState, type ReactNode } from "react";
import { version } from "../../../package.json";
import { useQuery } from "../../engine/query.ts";
import { countOthers, filesList, type FilesList } from "../../lib/files.ts";
import { Note } from "../../ui/Note.tsx";
import { SaveButton } from "../../ui/SaveButton.tsx";
import { Screen } from "../../ui/Screen.tsx";
import { Loading } from "../../ui/Waiting.tsx";
import { t } from "../../words/words.ts";

type Check = { readonly done: number } | { readonly others: number };

/** Which version this is, and whether two devices run the same. */
export default function About(): ReactNode {
  const vault = useQuery("vault", ["vault"], (a) => a.vault()).data;
  const [list, setList] = useState<FilesList | null>();
  useEffect(() => {
    let here = true;
    void filesList().then((found) => {
      if (here) setList(found ?? null);
    });
    return () => {
      here = false;
    };
  }, []);
  return (
    <Screen title={t("settings.about")} back={vault?.state === "open" ? "/settings" : vault?.state === "locked" ? "/" : "/start"}>
      <Stack gap="xl">
        <section aria-labelledby="version">
          <Title order={2} id="version" mb="xs">
            {t("about.version")}
          </Title>
          <Text>Countersign {version}</Text>
        </section>
        <section aria-labelledby="print">
          <Title order={2} id="print" mb="xs">
            {t("about.print")}
          </Title>
          <Text mb="sm">{t("about.print.text")}</Text>
          {list === undefined ? <Loading lines={2} /> : null}
          {list === null ? <Note tone="wait">{t("about.missing")}</Note> : null}
          {list ? <Files list={list} /> : null}
        </section>
        <Text c="dimmed">{t("about.limit")}</Text>
      </Stack>
    </Screen>
  );
}

function Files({ list }: { readonly list: FilesList }): ReactNode {
  const [check, setCheck] = useState<Check>();
  const here = useRef(true);
  useEffect(() => {
    here.current = true;
    return () => {
      here.current = false;
    };
  }, []);
  const begin = async (): Promise<void> => {
    setCheck({ done: 0 });
    const others = await countOthers(list, (done) => {
      if (here.current) setCheck({ done });
      return here.current;
    });
    if (others !== undefined) setCheck({ others });
  };
  const count = list.files.length;
  const listed = new Blob([list.text], { type: "text/plain" });
  const running = check && "done" in check ? check : undefined;
  return (
    <Stack gap="sm">
      <Text ff="monospace" style={{ overflowWrap: "anywhere" }}>
        {list.print.match(/.{8}/g)?.join(" ")}
      </Text>
      <Group>
        <Button variant="default" loading={running !== undefined} onClick={() => void begin()}>
          {t("about.check")}
        </Button>
        <SaveButton name="countersign-files.txt" content={listed} label={t("about.list")} variant="default" />
      </Group>
      {running ? (
        <div>
          <Text size="sm">{t("about.checking", { done: running.done, of: count })}</Text>
          <Progress value={(100 * running.done) / count} aria-label={t("about.check")} />
        </div>
      ) : null}
      <div role="status">
        {check && "others" in check ? (
          check.others === 0 ? (
            <Text fw={600}>{t("about.same", { count })}</Text>
          ) : (
            <Note tone="wait">{t("about.other", { count: check.others })}</Note>
          )
        ) : null}
      </div>
    </Stack>
  );
}
