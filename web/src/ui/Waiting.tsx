import { Button, Group, Skeleton, Stack, Text } from "@mantine/core";
import { useEffect, useState, type ReactNode } from "react";
import { t } from "../words/words.ts";
import { Note } from "./Note.tsx";
import { Screen } from "./Screen.tsx";

/** Grey lines in the shape of what is coming; nothing at all for the first 200 ms. */
export function Loading({ lines = 4 }: { readonly lines?: number }): ReactNode {
  const [shown, setShown] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => {
      setShown(true);
    }, 200);
    return () => {
      clearTimeout(timer);
    };
  }, []);
  return (
    <Stack gap="sm" aria-busy="true" role="status">
      <span className="cs-sr">{t("state.loading")}</span>
      {shown ? Array.from({ length: lines }, (_, i) => <Skeleton key={i} height={64} radius="md" />) : null}
    </Stack>
  );
}

/** The engine did not answer: what to do next. */
export function NotLoaded({ again }: { readonly again: () => void }): ReactNode {
  return (
    <Note tone="bad" live>
      <Text mb="xs">
        {t("state.failed")} {t("state.engine.next")}
      </Text>
      <Group gap="xs">
        <Button variant="default" onClick={again}>
          {t("do.retry")}
        </Button>
        <Button
          variant="default"
          onClick={() => {
            location.reload();
          }}
        >
          {t("do.reload")}
        </Button>
      </Group>
    </Note>
  );
}

/** The same, in the place of a whole screen. */
export function NotLoadedScreen({
  again,
  ...screen
}: {
  readonly title: string;
  readonly back?: string;
  readonly again: () => void;
}): ReactNode {
  return (
    <Screen {...screen}>
      <NotLoaded again={again} />
    </Screen>
  );
}
