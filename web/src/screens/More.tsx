import { Button, Stack } from "@mantine/core";
import { IconFileCheck, IconFileExport, IconHistory, IconLock, IconSearch, IconSettings } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { SyncLine } from "../app/SyncLine.tsx";
import { useApi } from "../engine/context.ts";
import { lockNow } from "../engine/draft.ts";
import { LinkRow } from "../ui/LinkRow.tsx";
import { Screen } from "../ui/Screen.tsx";
import { t } from "../words/words.ts";

/** What the bottom bar of a phone has no room for. */
export function More(): ReactNode {
  const api = useApi();
  return (
    <Screen title={t("nav.more")}>
      <Stack>
        <div className="cs-list">
          <LinkRow to="/search" title={t("search.title")} icon={IconSearch} />
          <LinkRow to="/history" title={t("nav.history")} icon={IconHistory} />
          <LinkRow to="/exports" title={t("nav.exports")} icon={IconFileExport} />
          <LinkRow to="/verify" title={t("verify.title")} icon={IconFileCheck} />
          <LinkRow to="/settings" title={t("nav.settings")} icon={IconSettings} />
        </div>
        <Button
          variant="default"
          leftSection={<IconLock size={18} aria-hidden />}
          onClick={() => {
            void lockNow(api);
          }}
        >
          {t("nav.lock")}
        </Button>
        <SyncLine />
      </Stack>
    </Screen>
  );
}
