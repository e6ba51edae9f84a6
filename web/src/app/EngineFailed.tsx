import { Button, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { Screen } from "../ui/Screen.tsx";
import { t } from "../words/words.ts";

/** Shown where the worker, the wasm or the storage did not start. */
export function EngineFailed(): ReactNode {
  return (
    <main className="cs-plain">
      <Screen title={t("app.name")}>
        <div role="alert">
          <Text mb="xs">{t("state.engine")}</Text>
          <Text mb="md">{t("state.engine.next")}</Text>
        </div>
        <Button
          onClick={() => {
            location.reload();
          }}
        >
          {t("do.reload")}
        </Button>
      </Screen>
    </main>
  );
}
