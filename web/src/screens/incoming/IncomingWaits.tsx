import { INCOMING_SCREEN } from "@countersign/shared/base/incoming";
import type { ReactNode } from "react";
import { useLocation } from "react-router";
import { useIncoming } from "../../incoming/incoming.ts";
import { Note } from "../../ui/Note.tsx";
import { t } from "../../words/words.ts";
import { WhyNot } from "./What.tsx";

/** On the lock: that something of another app waits behind it, and nothing of what it is. */
export function IncomingWaits(): ReactNode {
  const { state } = useIncoming();
  const { pathname } = useLocation();
  if (state === "here" || state === "coming") return <Note live>{t("incoming.waits")}</Note>;
  return pathname === INCOMING_SCREEN && state !== "placed" ? <WhyNot state={state} /> : null;
}
