import { equalBytes, idBytes } from "../base/bytes.ts";
import { relaysOfCheckpoint } from "../charter/query.ts";
import type { OthersNote } from "./entry-run.ts";
import type { FaultBook } from "./fault-book.ts";
import type { LocalLog } from "./local-log.ts";
import { openUnder } from "./log-checkpoint.ts";
import { ownRow } from "./own-entries.ts";
import { fileOfFault, proofOfFault, proofSource, type Said } from "./prove.ts";
import type { Welcome } from "./relay-client.ts";
import type { FaultRow } from "./rows.ts";
import { originOf } from "../log/origin.ts";
import type { TailFault } from "./tail.ts";

/** What the relay did that proofs contradict: found, proven, kept and shown. */
export class FaultDesk {
  readonly book: FaultBook;
  readonly #local: LocalLog;

  constructor(local: LocalLog, book: FaultBook) {
    this.#local = local;
    this.book = book;
  }

  get all(): readonly FaultRow[] {
    return this.book.all;
  }

  /** The relay at which this log is had shown two histories: it is not synced with it any more. With another one the log may go on (rule C8l). */
  get isForked(): boolean {
    return this.book.hasForkOf(this.#local.identity.relayName);
  }

  /** Holds checkpoints of others against this device's own log. False: a fork. */
  async compare(notes: readonly OthersNote[]): Promise<boolean> {
    const fork = await this.book.compare(notes, this.#local.state.tail, this.#local.rows);
    return fork ? this.ofRelay(fork) : true;
  }

  /** Whether what the relay says of the log at a sign-in goes with what was verified here. False: it contradicts it. */
  async checkWelcome({ size, note }: Welcome): Promise<boolean> {
    const { log } = this.#local;
    const { charter, tail } = this.#local.state;
    if (!charter) return true;
    const pins = relaysOfCheckpoint(charter, Math.min(size, tail.size));
    const pin = pins.find((p) => note !== null && openUnder(note, log, [p]).ok) ?? pins[0];
    // What is ahead may hold a move that this device does not know yet: the entries themselves will say whose checkpoint counts.
    const isAhead = size > tail.size && note !== null;
    if (!pin || (isAhead && !openUnder(note, log, [pin]).ok)) return true;
    const fault = tail.checkWelcome(size, note, originOf(pin.relay, log), idBytes(pin.logKey));
    if (!fault) return true;
    const opened = note === null ? undefined : openUnder(note, log, [pin]);
    const isOther = fault.code === "relay-rollback" && opened?.ok === true && (await this.#isOther(size, opened.value.root));
    return this.ofRelay(isOther ? { ...fault, code: "relay-fork" } : fault);
  }

  /** Whether fewer entries than this device has are not those that it began with: that is another history, and not one that lost its end. */
  async #isOther(size: number, root: Uint8Array): Promise<boolean> {
    const own = size > 0 ? await ownRow(this.#local.rows, this.#local.log, size - 1) : undefined;
    return own !== undefined && !equalBytes(own.root, root);
  }

  /** The portable proof of what the relay did, from what is here; undefined where it takes more, or nothing that it signed shows it. */
  async prove(fault: TailFault, said?: Said): Promise<Uint8Array | undefined> {
    const { log, rows } = this.#local;
    const { charter, tail } = this.#local.state;
    return charter && proofOfFault(proofSource(log, charter, rows), fault, tail.verified?.note, said);
  }

  /** @param proof where there is one that what is here does not give */
  async ofRelay(fault: TailFault, proof?: Uint8Array): Promise<false> {
    const { tail } = this.#local.state;
    const noted = this.book.ofRelay(fault, tail.verified?.note, proof ?? (await this.prove(fault)));
    // If it cannot be kept it is shown all the same; the next connection finds it again.
    if ((await this.#local.commit(noted.writes)).ok) noted.kept();
    this.#local.tell({ type: "fault" }, { type: "sync" });
    return false;
  }

  /** A kept fault as a file that others can look at; undefined where there is no such fault. */
  async file(id: string): Promise<Uint8Array | undefined> {
    const { log, rows } = this.#local;
    const fault = this.book.all.find((f) => f.id === id);
    const { charter, tail } = this.#local.state;
    if (!fault || !charter) return undefined;
    return fileOfFault(proofSource(log, charter, rows), fault, tail.verified?.note);
  }
}
