import { Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import type { ReactNode } from "react";
import { deviceSwitch } from "../../lib/deviceSwitch.ts";
import { t } from "../../words/words.ts";
import { toneOf } from "./tone.ts";

/** Off until somebody wishes for it. */
export const TONE_SWITCH = deviceSwitch("tone-hint", false);

/** After the last key, ms: nobody is spoken to in the middle of a sentence. */
const PAUSE = 1_000;

/** How what was written may read, where the person wished to be told. It holds up nothing and is kept nowhere. */
export function ToneHint({ text }: { readonly text: string }): ReactNode {
  return TONE_SWITCH.useOn() ? <Hint text={text} /> : null;
}

function Hint({ text }: { readonly text: string }): ReactNode {
  const [read] = useDebouncedValue(text, PAUSE);
  const heard = text.trim() === "" ? undefined : toneOf(read);
  return (
    <Text size="sm" role="status" mih={22}>
      {heard === undefined ? "" : `${t(`tone.${heard.tone}`, { words: heard.by })} ${t("tone.again")}`}
    </Text>
  );
}
