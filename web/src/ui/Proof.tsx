import type { HouseholdView, ProofView, VaultView } from "@countersign/shared/replica/api";
import { Text } from "@mantine/core";
import { Fragment, type ReactNode } from "react";
import { clockOf } from "../lib/time.ts";
import { t } from "../words/words.ts";
import { personOf } from "./Person.tsx";

/** "Saved on this device" is only said where the storage is lasting. */
export const savedWords = (storage: VaultView["storage"]): string => t(storage === "persistent" ? "saved.persistent" : "saved.browser");

/** What is known of the way of one's own message or act: sent, delivered, viewed, else no receipt. */
export function wayWords(proof: ProofView, storage: VaultView["storage"], zone: string): string {
  const clock = clockOf(zone);
  switch (proof.state) {
    case "saved":
      return savedWords(storage);
    case "sent":
      return t("proof.sentNone");
    case "delivered":
      return t("proof.delivered");
    case "viewed":
      return proof.viewedAt === undefined ? t("proof.viewed") : t("proof.viewedAt", { time: clock.moment(proof.viewedAt) });
  }
}

function intervalWords(proof: ProofView, zone: string): string {
  const clock = clockOf(zone);
  if (proof.notAfter === undefined) return t("proof.notLogged");
  const to = clock.exact(proof.notAfter);
  // 0 stands for an author that had seen no checkpoint yet.
  return proof.notBefore === undefined || proof.notBefore === 0
    ? t("proof.before", { to })
    : t("proof.interval", { from: clock.exact(proof.notBefore), to });
}

interface Props {
  readonly proof: ProofView;
  readonly household: HouseholdView;
  readonly storage?: VaultView["storage"];
}

/** The proof of one change, on a click: both clocks, the place in the log, the device that signed. */
export function Proof({ proof, household, storage }: Props): ReactNode {
  const person = personOf(household, proof.member);
  const device = person?.devices.find((d) => d.device === proof.device);
  const clock = clockOf(household.zone);
  const mine = proof.member === household.me;
  const facts: (readonly [string, string])[] = [
    [t(mine ? "proof.claimed.me" : "proof.claimed"), clock.exact(proof.claimed)],
    [t("proof.logged"), intervalWords(proof, household.zone)],
    [t("proof.stampedBy"), proof.stampedBy],
    ...(proof.seq === undefined ? [] : [[t("proof.place"), String(proof.seq)] as const]),
    ...(proof.deliveredBy === undefined
      ? []
      : [[t("proof.receipt"), t("proof.deliveredBy", { time: clock.moment(proof.deliveredBy) })] as const]),
    ...(storage === undefined || !mine ? [] : [[t("proof.sent"), wayWords(proof, storage, household.zone)] as const]),
    [t("proof.device"), device?.name ?? proof.device.slice(0, 16)],
    [t("proof.hash"), proof.hash],
  ];
  return (
    <details className="cs-proof">
      <summary>{t("proof.details")}</summary>
      <dl className="cs-facts">
        {facts.map(([name, value]) => (
          <Fragment key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </Fragment>
        ))}
      </dl>
      {proof.clockOff === true ? (
        <Text size="sm" mt="xs">
          {t("proof.clockOff")}
        </Text>
      ) : null}
    </details>
  );
}

/** For a record shared later: when it was first logged in its author's own record. */
export function FirstLogged({
  at,
  zone,
}: {
  readonly at: { notBefore: number; notAfter: number; by: string } | undefined;
  readonly zone: string;
}): ReactNode {
  if (at === undefined) return null;
  const clock = clockOf(zone);
  return (
    <Text size="sm" c="dimmed">
      {t("proof.firstLogged", { from: clock.exact(at.notBefore), to: clock.exact(at.notAfter), by: at.by })}
    </Text>
  );
}
