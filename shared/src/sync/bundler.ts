import type { Hex32 } from "../base/ids.ts";
import { ENTRY_KIND, parseAuthorPart, parseHeader } from "../entry/header.ts";
import { numbersIn } from "../entry/runs.ts";
import { AttachedBundles } from "./attached-bundles.ts";
import type { BundleLedger } from "./bundle-ledger.ts";
import { makeBundle, turnOf, type BundleRule } from "./bundling.ts";
import type { ReceiptMessage } from "./link.ts";
import type { LocalLog } from "./local-log.ts";
import { keyName } from "./log-state.ts";
import type { Outbox, Sealed } from "./outbox.ts";
import { ownRow } from "./own-entries.ts";

interface Surroundings {
  /** The log is live and nothing waits to be sent. */
  readonly isFree: () => boolean;
  /** A bundle waits in the outbox. */
  readonly onQueued: () => void;
  readonly rule: BundleRule;
}

/** The part of a session that is about bundles (rule L8): what is known of them, what the relay gave ahead, and when one is made. */
export class Bundler {
  readonly attached: AttachedBundles;
  ledger: BundleLedger;
  readonly #local: LocalLog;
  readonly #outbox: Outbox;
  readonly #around: Surroundings;
  #cancel: () => void = () => undefined;
  #making = false;
  /** The relay took no bundle of this device: none is made until the app is started again. */
  #refused = false;

  constructor(local: LocalLog, ledger: BundleLedger, outbox: Outbox, around: Surroundings) {
    this.#local = local;
    this.ledger = ledger;
    this.#outbox = outbox;
    this.attached = new AttachedBundles(local.log);
    this.#around = around;
  }

  /** Something happened: the quiet that a bundle waits for begins anew. */
  stir(): void {
    this.#cancel();
    const { charter, device, isClosed, ports } = this.#local;
    const { rule, isFree } = this.#around;
    if (this.#refused || isClosed || this.#making || !isFree()) return;
    const place = charter ? turnOf(charter, device, this.#local.now()) : undefined;
    if (place === undefined || !this.#hasMany(rule)) return;
    this.#cancel = ports.clock.after(rule.idle * (1 + place), () => {
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
      again = await this.#queueOne();
    } catch (problem) {
      // The vault was locked while a bundle was being made: it is made another time.
      if (!this.#local.isClosed) throw problem;
    } finally {
      this.#making = false;
    }
    if (again) this.stir();
  }

  /**
   * Makes the bundle that is due, if there is one, beside everything else; it goes into the outbox like an entry of changes.
   * @returns whether there was something to bundle and it did not come about; it is tried again after another quiet
   */
  async #queueOne(): Promise<boolean> {
    const { log, rows, device, signKeys, ports } = this.#local;
    const made = await makeBundle(this.ledger, this.#around.rule, {
      log,
      rows,
      device,
      secret: signKeys.secretKey,
      keyOf: (channel, epoch) => this.#local.state.keys.get(keyName(channel, epoch)),
      random: ports.random,
      pause: () => ports.pause(),
      now: this.#local.now().time,
    });
    if (!made || this.#local.isClosed) return false;
    const isQueued = await this.#local.exclusive(async () => {
      // Another device may have been quicker while this one packed.
      if (!this.#isWanted(made.a)) return false;
      const queued = this.#outbox.addSealed(made);
      const kept = await this.#local.commit([queued.write]);
      if (kept.ok) queued.kept();
      return kept.ok;
    });
    if (isQueued) this.#around.onQueued();
    return !isQueued;
  }

  /** Whether what a bundle covers is still loose. */
  #isWanted(author: Uint8Array): boolean {
    const parsed = parseAuthorPart(author);
    if (!parsed.ok || !parsed.value.covers) return false;
    return this.ledger.areLoose(numbersIn(parsed.value.covers), parsed.value.book, parsed.value.epoch);
  }

  /**
   * The bundle that a relay refused for good, or nothing for an acknowledgement that it refused; undefined where the refusal is of something else. Neither is
   * worth stopping for.
   */
  isRefused(error: NonNullable<ReceiptMessage["error"]>, id: Hex32 | undefined): readonly Sealed[] | undefined {
    if (error.retry || id === undefined) return undefined;
    const sealed = this.#outbox.find(id);
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
  async attachSealed(names: ReadonlySet<string>): Promise<void> {
    const { log, rows } = this.#local;
    for (const bundle of this.ledger.bundles) {
      if (bundle.state !== "sealed" || !names.has(keyName(bundle.channel, bundle.epoch))) continue;
      const { a = null, r = null, b = null } = (await ownRow(rows, log, bundle.seq)) ?? {};
      const header = a && r ? parseHeader(a, r) : undefined;
      if (header?.ok && b) this.attached.add(header.value, b);
    }
  }

  close(): void {
    this.#cancel();
  }
}
