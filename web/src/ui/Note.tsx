import { IconAlertCircle, IconAlertTriangle, IconCircleCheck, IconInfoCircle } from "@tabler/icons-react";
import type { ReactNode } from "react";

export type Tone = "plain" | "wait" | "bad" | "good";

const ICONS = { plain: IconInfoCircle, wait: IconAlertCircle, bad: IconAlertTriangle, good: IconCircleCheck } as const;

interface Props {
  readonly tone?: Tone;
  /** Said by a screen reader when it appears. */
  readonly live?: boolean;
  readonly children: ReactNode;
}

/** A short text that stands out a little; amber for what waits, red only for what failed. */
export function Note({ tone = "plain", live = false, children }: Props): ReactNode {
  const Icon = ICONS[tone];
  return (
    <div className="cs-note" data-tone={tone} {...(live ? { role: tone === "bad" ? "alert" : "status" } : {})}>
      <Icon size={20} aria-hidden />
      <div style={{ minWidth: 0, flex: 1 }}>{children}</div>
    </div>
  );
}
