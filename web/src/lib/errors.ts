import type { ActError } from "@countersign/shared/replica/answer";
import { t } from "../words/words.ts";
import { editMoney, guessCurrency } from "./money.ts";
import { formatSize } from "./size.ts";
import { clockOf, deviceZone } from "./time.ts";

/** The sentence for an error: what it is and what to do next. */
export function errorWords(error: ActError): string {
  return t(`error.${error.code}`, {
    until: clockOf(deviceZone()).moment(error.until ?? Date.now()),
    limit: error.code === "file-too-large" ? formatSize(error.limit ?? 0) : (error.limit ?? 0),
    example: editMoney(1250, guessCurrency()),
  });
}
