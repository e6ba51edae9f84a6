import { menuWords } from "@countersign/shared/base/menu-words";
import { checks } from "./en/checks.ts";
import { common } from "./en/common.ts";
import { compareWords } from "./en/compare.ts";
import { errors } from "./en/errors.ts";
import { exportsWords } from "./en/exports.ts";
import { heldWords } from "./en/held.ts";
import { history } from "./en/history.ts";
import { incoming } from "./en/incoming.ts";
import { keyCards } from "./en/keyCards.ts";
import { proofFile } from "./en/proofFile.ts";
import { link } from "./en/link.ts";
import { reasons } from "./en/reasons.ts";
import { record } from "./en/record.ts";
import { move } from "./en/move.ts";
import { search } from "./en/search.ts";
import { severalWords } from "./en/several.ts";
import { settings } from "./en/settings.ts";
import { spending } from "./en/spending.ts";
import { start } from "./en/start.ts";
import { tone } from "./en/tone.ts";

/** Every word that the app shows, by key, in ICU message format. */
export const en = {
  ...common,
  ...start,
  ...record,
  ...history,
  ...reasons,
  ...exportsWords,
  ...checks,
  ...move,
  ...search,
  ...spending,
  ...tone,
  ...settings,
  ...link,
  ...errors,
  ...proofFile,
  ...keyCards,
  ...compareWords,
  ...heldWords,
  ...severalWords,
  ...incoming,
  ...menuWords,
} as const;
