import type { LocalLog } from "./local-log.ts";
import type { RecordIndex } from "./record-index.ts";

/** Writes missing pages of the record list anew, a page at a time beside everything else. */
export class PageWriter {
  readonly #local: LocalLog;
  readonly #index: RecordIndex;
  #isPaging = false;

  constructor(local: LocalLog, index: RecordIndex) {
    this.#local = local;
    this.#index = index;
  }

  /** What fails now is tried at the next opening; until then opening is slower and nothing else. */
  async write(): Promise<void> {
    if (!this.#index.isUnpaged || this.#isPaging) return;
    this.#isPaging = true;
    const steps = this.#index.rebuild();
    const step = async (): Promise<boolean> => {
      const next = this.#local.isClosed ? undefined : steps.next();
      if (!next || next.done === true) return false;
      const kept = await this.#local.commit(next.value.writes);
      if (kept.ok) next.value.kept();
      return kept.ok;
    };
    while (await this.#local.exclusive(step)) await this.#local.ports.pause();
    this.#isPaging = false;
  }
}
