import { characters } from "../../kinds/fields.ts";
import type { ActError } from "../answer.ts";

/** The first of some texts that has more characters than its field takes, as what the record is refused with: the screens have these limits too. */
export function tooLong(...texts: readonly (readonly [text: string | undefined, most: number])[]): ActError | undefined {
  const found = texts.find(([text = "", most]) => characters(text) > most);
  return found && { code: "text-too-long", limit: found[1] };
}
