import type { Hex32 } from "@countersign/shared/base/ids";
import { ENTRY_KIND } from "@countersign/shared/entry/header";
import type { PushEntry, WireCode } from "@countersign/shared/wire/messages";
import type { ActorPorts, Receipt } from "./actor-ports.ts";
import { admit, mayRetry } from "./admit.ts";
import { checkAll, type Checked } from "./check.ts";
import type { LogHead } from "./head.ts";
import type { Grant } from "./rights.ts";
import { entryCost } from "./state.ts";

/** Takes what members push: each entry has its place or is refused, and nothing after the first refused one is taken. */
export class Pushes {
  readonly #ports: Pick<ActorPorts, "store" | "limits">;
  readonly #head: LogHead;
  /** Whether the log is here, and not on its way to here or away. */
  readonly #isOpen: () => boolean;

  constructor(ports: Pick<ActorPorts, "store" | "limits">, head: LogHead, isOpen: () => boolean) {
    this.#ports = ports;
    this.#head = head;
    this.#isOpen = isOpen;
  }

  /** Looks at entries as soon as they come, while those before them wait for their place. */
  check(grant: Grant, entries: readonly PushEntry[]): Promise<readonly Checked[]> {
    return checkAll(entries, {
      seen: (id, author) => this.#seen(id, author),
      withinRate: (entry) => this.#ports.limits.withinRate(this.#head.log, grant, entry),
    });
  }

  /** What waits for the commit is looked at first: it is in the store by the time that it leaves this list. */
  async #seen(id: Hex32, author: Uint8Array): Promise<number | undefined> {
    return this.#head.unwritten.seqOf(id) ?? (await this.#ports.store.find(this.#head.log, id, author));
  }

  take(grant: Grant, entries: readonly Checked[]): Receipt {
    const n: number[] = [];
    for (const [i, checked] of entries.entries()) {
      const before = checked.known ?? this.#head.unwritten.seqOf(checked.id);
      if (before !== undefined) {
        n.push(before);
        continue;
      }
      const refusal = this.#takeOne(grant, checked);
      if (refusal !== undefined) return { n, error: { code: refusal, retry: mayRetry(refusal), at: i } };
      n.push(this.#head.state.size - 1);
    }
    return { n };
  }

  #takeOne(grant: Grant, { entry, id, alone }: Checked): WireCode | undefined {
    if (!alone) return "internal";
    if (!alone.ok && alone.error === "rate") return "rate";
    const head = this.#head;
    const at = head.here();
    if (!this.#isOpen()) return "log-closed";
    const admitted = alone.ok ? admit(head.charter, grant, alone.value, entry.b, at) : alone;
    if (!admitted.ok) return admitted.error;
    const isAck = admitted.value.author.kind === ENTRY_KIND.ack;
    if (isAck && !head.bundles.isOfBundle(admitted.value.author)) return "malformed";
    const kept = head.bytesOf(grant.member);
    const isWithin = (): boolean => this.#ports.limits.withinQuota(head.log, grant.member, kept, entryCost(entry.b.length));
    if (!admitted.value.statement && !isWithin()) return "quota-member";
    head.append(admitted.value, entry, id, at);
    return undefined;
  }
}
