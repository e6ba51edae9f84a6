import type { HouseholdView } from "@countersign/shared/replica/people-view";
import type { ProofView } from "@countersign/shared/views/record";
import type { VaultView } from "@countersign/shared/replica/vault-view";
import { Text } from "@mantine/core";
import { Fragment, useState, type ReactNode } from "react";
import { clockOf } from "../lib/time.ts";
import { t } from "../words/words.ts";
import { clockWords, columnsOf, type Column } from "./proofColumns.ts";
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

interface Props {
  readonly proof: ProofView;
  readonly household: HouseholdView;
  readonly storage?: VaultView["storage"];
}

/** The proof of one change, made when it is asked for; a clock that is off is said without. */
export function Proof(props: Props): ReactNode {
  const [wasOpened, setOpened] = useState(false);
  const off = clockWords(props.proof, props.proof.member === props.household.me);
  return (
    <details
      className="cs-proof"
      onToggle={(event) => {
        if (event.currentTarget.open) setOpened(true);
      }}
    >
      <summary>
        <span style={{ flex: "none" }}>{t("proof.details")}</span>
        {off === undefined ? null : (
          <span className="cs-chip" data-tone="wait" style={{ marginInlineStart: 12, whiteSpace: "normal" }}>
            {off}
          </span>
        )}
      </summary>
      {wasOpened ? <ProofFacts {...props} /> : null}
    </details>
  );
}

/** Three columns that never mix: the author's own clock, the relay's, and what the other side's devices showed. Below them what ties it to a key. */
export function ProofFacts({ proof, household, storage }: Props): ReactNode {
  const device = personOf(household, proof.member)?.devices.find((d) => d.device === proof.device);
  const mine = proof.member === household.me;
  const facts: (readonly [string, string])[] = [
    ...(proof.seq === undefined ? [] : [[t("proof.place"), String(proof.seq)] as const]),
    // Once it is in the log the third column says what there is to say.
    ...(storage === undefined || !mine || proof.state !== "saved"
      ? []
      : [[t("proof.sent"), wayWords(proof, storage, household.zone)] as const]),
    [t("proof.device"), device?.name ?? proof.device.slice(0, 16)],
    [t("proof.hash"), proof.hash],
  ];
  return (
    <div className="cs-evidence">
      <div className="cs-three">
        {columnsOf(proof, household).map((column) => (
          <ColumnOf key={column.title} column={column} />
        ))}
      </div>
      <dl className="cs-facts">
        {facts.map(([name, value]) => (
          <Fragment key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </Fragment>
        ))}
      </dl>
    </div>
  );
}

function ColumnOf({ column }: { readonly column: Column }): ReactNode {
  return (
    <div>
      <Text size="sm" c="dimmed">
        {column.title}
      </Text>
      {column.says.map((line) => (
        <Text key={line} fw={600}>
          {line}
        </Text>
      ))}
      {column.off === undefined ? null : (
        <Text component="span" className="cs-chip" data-tone="wait" style={{ whiteSpace: "normal" }}>
          {column.off}
        </Text>
      )}
      {column.why.map((line) => (
        <Text key={line} size="sm" mt={4}>
          {line}
        </Text>
      ))}
    </div>
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
