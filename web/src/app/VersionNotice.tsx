import { Button, Group } from "@mantine/core";
import { useState, type ReactNode } from "react";
import { takeUpdate, useVersion } from "../pwa.ts";
import { Note } from "../ui/Note.tsx";
import { t } from "../words/words.ts";

/** Says that an update waits, or that this tab has become the old one. */
export function VersionNotice(): ReactNode {
  const version = useVersion();
  const [later, setLater] = useState(false);
  if (version === "current" || (version === "new" && later)) return null;
  return (
    <aside className="cs-no-print" style={{ padding: 8 }}>
      <Note tone="wait" live>
        <Group justify="space-between" gap="sm">
          {t(version === "new" ? "state.newVersion" : "state.oldTab")}
          <Group gap="xs">
            {version === "new" ? (
              <Button
                variant="default"
                onClick={() => {
                  setLater(true);
                }}
              >
                {t("do.later")}
              </Button>
            ) : null}
            <Button
              onClick={() => {
                if (version === "new") takeUpdate();
                else location.reload();
              }}
            >
              {t("do.reload")}
            </Button>
          </Group>
        </Group>
      </Note>
    </aside>
  );
}
