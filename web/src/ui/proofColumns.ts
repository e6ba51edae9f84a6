import type { HouseholdView } from "@countersign/shared/replica/people-view";
import { spanOf } from "@countersign/shared/views/clock";
import type { ProofView } from "@countersign/shared/views/record";
import { clockOf } from "../lib/time.ts";
import { t } from "../words/words.ts";
import { nameOf, otherName } from "./Person.tsx";

/** One column of a proof: what it is, what it says, and what that stands on. */
export interface Column {
  readonly title: string;
  readonly says: readonly string[];
  /** A clock that is off, in words. */
  readonly off?: string;
  readonly why: readonly string[];
}

/** How far the author's clock lies outside what the relay's clock allows, in words; undefined where it doesn't by more than 10 minutes. */
export function clockWords(proof: Pick<ProofView, "clockOff" | "clockBy">, mine: boolean): string | undefined {
  if (proof.clockOff !== true) return undefined;
  if (proof.clockBy === undefined) return t("proof.clockOff");
  return t(proof.clockBy < 0 ? "proof.clock.earlier" : "proof.clock.later", {
    ...spanOf(Math.abs(proof.clockBy)),
    whose: mine ? "me" : "other",
  });
}

function relaySays(proof: ProofView, zone: string): string[] {
  const clock = clockOf(zone);
  if (proof.notAfter === undefined) return [t("proof.notLogged")];
  const to = clock.exact(proof.notAfter);
  // 0 stands for an author that had seen no checkpoint yet.
  return [
    proof.notBefore === undefined || proof.notBefore === 0
      ? t("proof.before", { to })
      : t("proof.interval", { from: clock.exact(proof.notBefore), to }),
  ];
}

/** As much of a key as people compare: the start of a certificate's hash, or a witness key's own number. */
const shortKey = (key: string): string => (key.startsWith("sha256:") ? `${key.slice(7, 19)}…` : (key.split("+")[1] ?? key));

function relayWhy(proof: ProofView, zone: string): string[] {
  const clock = clockOf(zone);
  const bounds = (proof.bounds ?? []).map((b) =>
    t(`proof.bound.${b.kind}.${b.side}`, {
      ...{ by: b.by, time: clock.exact(b.at), seq: b.seq ?? "–", key: shortKey(b.key ?? "") },
      isPlaced: b.seq === undefined ? "no" : "yes",
    }),
  );
  // What the relay before this one says is a relay's word too.
  const isBound = proof.bounds?.some((b) => b.kind !== "old-header") ?? false;
  return [
    ...(proof.checkpoint === undefined || proof.checkpoint === 0 ? [] : [t("proof.why.before", { size: proof.checkpoint })]),
    ...(proof.seq === undefined ? [] : [t("proof.why.after", { seq: proof.seq })]),
    t("proof.why.stamped", { by: proof.stampedBy }),
    ...bounds,
    ...(proof.seq === undefined || isBound ? [] : [t("proof.why.unbound")]),
  ];
}

function otherSays(proof: ProofView, household: HouseholdView): Pick<Column, "says" | "why"> {
  const clock = clockOf(household.zone);
  const mine = proof.member === household.me;
  const { had, deliveredBy, viewedAt } = proof;
  const says = [
    ...(viewedAt === undefined ? [] : [t("proof.viewedAt", { time: clock.moment(viewedAt) })]),
    ...(deliveredBy === undefined ? [] : [t(mine ? "proof.deliveredBy" : "proof.deliveredBy.me", { time: clock.moment(deliveredBy) })]),
  ];
  if (says.length === 0) says.push(t("proof.none"));
  if (had === undefined) return { says, why: [] };
  const by = { time: clock.moment(had.by), name: nameOf(household, had.member) };
  const proves = { hash: had.hash.slice(0, 12), seq: had.seq, size: had.size, place: proof.seq ?? 0 };
  return {
    says: [...says, t(had.member === household.me ? "proof.had.me" : "proof.had", by)],
    why: [t(`proof.had.${had.how}`, proves), t("proof.had.not")],
  };
}

/** The three columns of one change; a personal log has nobody on the other side. */
export function columnsOf(proof: ProofView, household: HouseholdView): readonly Column[] {
  const clock = clockOf(household.zone);
  const mine = proof.member === household.me;
  const off = clockWords(proof, mine);
  const claimed: Column = {
    title: t(mine ? "proof.claimed.me" : "proof.claimed"),
    says: [clock.exact(proof.claimed)],
    ...(off === undefined ? {} : { off }),
    why: [t("proof.why.claim")],
  };
  const relay: Column = { title: t("proof.logged"), says: relaySays(proof, household.zone), why: relayWhy(proof, household.zone) };
  if (household.kind === "personal" || household.people.length < 2) return [claimed, relay];
  // A snapshot's reader is neither of the two.
  const isReader = !household.people.some((p) => p.me);
  const author = household.people.find((p) => p.member !== proof.member);
  const title = mine
    ? t("proof.other", { name: otherName(household) })
    : isReader
      ? t("proof.other", { name: author?.name ?? "" })
      : t("proof.other.me");
  return [claimed, relay, { title, ...otherSays(proof, household) }];
}
