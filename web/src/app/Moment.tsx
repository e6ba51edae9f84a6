import { Button, Text } from "@mantine/core";
import { IconHistory } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useSession } from "../engine/context.ts";
import { clockOf } from "../lib/time.ts";
import { t } from "../words/words.ts";

/** Stands above every screen while the record is looked at as it stood, with the way back. */
export function Moment(): ReactNode {
  const { at, lookAt, home, own } = useSession();
  if (at === undefined) return null;
  return (
    <section className="cs-moment" aria-label={t("moment.label")}>
      <IconHistory size={20} aria-hidden />
      <div style={{ flex: "1 1 220px", minWidth: 0 }}>
        <Text fw={600} role="status">
          {t("moment.title", { time: clockOf((home ?? own).zone).exact(at) })}
        </Text>
        <Text size="sm">{t("moment.text")}</Text>
      </div>
      <Button
        onClick={() => {
          lookAt(undefined);
        }}
      >
        {t("moment.back")}
      </Button>
    </section>
  );
}
