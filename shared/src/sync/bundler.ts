import type { Hex32, LogId } from "../base/ids.ts";
import { ENTRY_KIND, parseAuthorPart, parseHeader } from "../entry/header.ts";
import { numbersIn } from "../entry/runs.ts";
import type { RowStore } from "../vault/row-store.ts";
import { AttachedBundles } from "./attached-bundles.ts";
import type { BundleLedger } from "./bundle-ledger.ts";
import type { BundleRule } from "./bundling.ts";
import type { ReceiptMessage } from "./link.ts";
import { keyName } from "./log-state.ts";
import type { Outbox, Sealed } from "./outbox.ts";
import type { Clock } from "./ports.ts";
import { entryRowCodec, keys } from "./rows.ts";

interface Surroundings {
  readonly clock: Clock;
  /** The log is live and nothing waits to be sent. */
  readonly isFree: () => boolean;
  /** After how many others this device comes; undefined where there is nothing to bundle for. */
  readonly turn: () => number | undefined;
  /** True: there was something to bundle and it did not come about; it is tried again after another quiet. */
  readonly make: (rule: BundleRule) => Promise<boolean>;
  readonly rule: BundleRule;
}

/** The part of a session that is about bundles (rule L8): what is known of them, what the relay gave ahead, and when one is made. */
export class Bundler {
  readonly attached: AttachedBundles;
  ledger: BundleLedger;
  readonly #log: LogId;
  readonly #around: Surroundings;
  #cancel: () => void = () => undefined;
  #making = false;
  /** The relay took no bundle of this device: none is made until the app is started again. */
  #refused = false;
  #isClosed = false;

  constructor(log: LogId, ledger: BundleLedger, around: Surroundings) {
    this.#log = log;
    this.ledger = ledger;
    this.attached = new AttachedBundles(log);
    this.#around = around;
  }

  /** Something happened: the quiet that a bundle waits for begins anew. */
  stir(): void {
    this.#cancel();
    const { clock, rule, isFree, turn } = this.#around;
    if (this.#refused || this.#isClosed || this.#making || !isFree()) return;
    const place = turn();
    if (place === undefined || !this.#hasMany(rule)) return;
    this.#cancel = clock.after(rule.idle * (1 + place), () => {
      if (isFree()) void this.#make();
    });
  }

  #hasMany(rule: BundleRule): boolean {
    for (const loose of this.ledger.loose) if (loose.seqs.length >= rule.entries) return true;
    return false;
  }

  async #make(): Promise<void> {
    if (this.#making) return;
    this.#making = true;
    let again = false;
    try {
      again = await this.#around.make(this.#around.rule);
    } catch (problem) {
      // The vault was locked while a bundle was being made: it is made another time.
      if (!this.#isClosed) throw problem;
    } finally {
      this.#making = false;
    }
    if (again) this.stir();
  }

  /** Whether what a bundle covers is still loose. */
  isWanted(author: Uint8Array): boolean {
    const parsed = parseAuthorPart(author);
    if (!parsed.ok || !parsed.value.covers) return false;
    return this.ledger.areLoose(numbersIn(parsed.value.covers), parsed.value.book, parsed.value.epoch);
  }

  /**
   * The bundle that a relay refused for good, or nothing for an acknowledgement that it refused; undefined where the refusal is of something else. Neither is
   * worth stopping for.
   */
  isRefused(error: NonNullable<ReceiptMessage["error"]>, id: Hex32 | undefined, outbox: Outbox): readonly Sealed[] | undefined {
    if (error.retry || id === undefined) return undefined;
    const sealed = outbox.find(id);
    const author = sealed && parseAuthorPart(sealed.row.a);
    // What is in no outbox and no statement is an acknowledgement.
    if (sealed && (!author?.ok || author.value.kind !== ENTRY_KIND.bundle)) return undefined;
    this.#refused = true;
    return sealed ? [sealed] : [];
  }

  /** Nothing about bundles is pushed any more. */
  get isRefusing(): boolean {
    return this.#refused;
  }

  /** The body of an own acknowledgement, which is empty, or of a bundle that was given before its place was reached. */
  bodyOf(author: Uint8Array, seq: number): Uint8Array | undefined {
    const ahead = this.attached.bodyAt(seq);
    if (ahead) return ahead;
    const parsed = parseAuthorPart(author);
    return parsed.ok && parsed.value.kind === ENTRY_KIND.ack ? new Uint8Array(0) : undefined;
  }

  /** Bundles that were sealed for want of a key that is here now: entries whose bodies were dropped are opened from them. */
  async attachSealed(rows: RowStore, names: ReadonlySet<string>): Promise<void> {
    for (const bundle of this.ledger.bundles) {
      if (bundle.state !== "sealed" || !names.has(keyName(bundle.channel, bundle.epoch))) continue;
      const row = await rows.get("entry", keys.entry(this.#log, bundle.seq));
      const stored = row && entryRowCodec.decode(row);
      const { a = null, r = null, b = null } = stored?.ok ? stored.value : {};
      const header = a && r ? parseHeader(a, r) : undefined;
      if (header?.ok && b) this.attached.add(header.value, b);
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#cancel();
  }
}
