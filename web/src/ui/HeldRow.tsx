import { showUnseen } from "@countersign/shared/base/unseen";
import type { HeldView } from "@countersign/shared/replica/held-view";
import { Text } from "@mantine/core";
import type { ReactNode } from "react";
import { t } from "../words/words.ts";

interface Props {
  readonly held: HeldView;
  readonly title?: string | undefined;
  readonly snippet: string;
  /** What stands at the end of its first line. */
  readonly when: string;
}

/** One line of a list for something that has not left this device. */
export function HeldRow({ held, title, snippet, when }: Props): ReactNode {
  const { why } = held.state;
  return (
    <>
      <span style={{ display: "flex", gap: 12, alignItems: "baseline" }}>
        <Text component="span" fw={600} lineClamp={2} style={{ flex: 1 }}>
          {showUnseen(title ?? snippet.slice(0, 160))}
        </Text>
        <Text component="span" size="sm" c="dimmed" style={{ whiteSpace: "nowrap" }}>
          {when}
        </Text>
      </span>
      {title === undefined ? null : (
        <Text component="span" size="sm" c="dimmed" lineClamp={1}>
          {snippet}
        </Text>
      )}
      <span className="cs-chip" data-tone={why === "refused" ? "bad" : "wait"} style={{ marginTop: 4 }}>
        {t(`held.chip.${why}`)}
      </span>
    </>
  );
}
