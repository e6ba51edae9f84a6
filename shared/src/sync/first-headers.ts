import type { DeviceId, Hex32, LogId } from "../base/ids.ts";
import { readAgain, type OldHeader, type OldHeaders } from "../entry/again.ts";
import { parseHeader, type Header } from "../entry/header.ts";
import type { RowStore } from "../vault/row-store.ts";
import type { HeaderProof } from "./left-rows.ts";
import { OldHeaderBook } from "./old-headers.ts";
import { ownRow } from "./own-entries.ts";

/** The headers that entries of this branch had before they were pushed again in it: those of an earlier fork. */
export class FirstHeaders {
  readonly #log: LogId;
  readonly #rows: RowStore;
  readonly #old: OldHeaderBook;
  /** In which entry of the branch each stands; what stands in the common part is in the log that goes on too. */
  readonly #from = new Map<string, { readonly seq: number; readonly at: number }>();
  #read: { readonly seq: number; readonly said: OldHeaders } | undefined;

  private constructor(log: LogId, rows: RowStore, old: OldHeaderBook) {
    this.#log = log;
    this.#rows = rows;
    this.#old = old;
  }

  static async of(log: LogId, rows: RowStore): Promise<FirstHeaders> {
    return new FirstHeaders(log, rows, await OldHeaderBook.load(log, rows));
  }

  saw({ author, relay }: Header, body: Uint8Array): void {
    for (const [at, { a, r }] of (readAgain(author, body)?.headers ?? []).entries()) {
      const old = parseHeader(a, r);
      const name = old.ok ? nameOf(old.value.author) : undefined;
      if (name !== undefined && !this.#from.has(name)) this.#from.set(name, { seq: relay.seq, at });
    }
  }

  at(seq: number): OldHeader | undefined {
    return this.#old.at(seq)?.old;
  }

  /** Undefined where the log that goes on has it. */
  async proofOf(old: OldHeader): Promise<HeaderProof | undefined> {
    const from = this.#from.get(nameOf(old));
    if (!from) return undefined;
    const said = this.#read?.seq === from.seq ? this.#read.said : await this.#saidAt(from.seq);
    const header = said?.headers[from.at];
    return said && header && { a: header.a, r: header.r, path: [...header.path], note: said.note };
  }

  async #saidAt(seq: number): Promise<OldHeaders | undefined> {
    const row = await ownRow(this.#rows, this.#log, seq);
    const header = row?.a && row.r ? parseHeader(row.a, row.r) : undefined;
    const said = row?.b && header?.ok ? readAgain(header.value.author, row.b) : undefined;
    if (said) this.#read = { seq, said };
    return said;
  }
}

const nameOf = ({ commitment, device }: { readonly commitment: Hex32; readonly device: DeviceId }): string => `${commitment}/${device}`;
