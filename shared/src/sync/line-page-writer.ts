import { makeLinePage, wholePages } from "./line-pages.ts";
import type { LocalLog } from "./local-log.ts";

/** Writes pages of the history's lines, a page at a time beside everything else. What fails now is tried when the history is next read. */
export class LinePageWriter {
  readonly #local: LocalLog;
  /** How long the log was when pages were last written. */
  #size: number;

  constructor(local: LocalLog) {
    this.#local = local;
    this.#size = local.state.tail.size;
  }

  /** Those that became whole since. */
  async writeWhole(): Promise<void> {
    const { size } = this.#local.state.tail;
    const whole = wholePages(this.#size, size);
    this.#size = size;
    await this.write(whole);
  }

  async write(pages: readonly number[]): Promise<void> {
    const { log, rows, ports } = this.#local;
    const step = async (page: number): Promise<boolean> => {
      if (this.#local.isClosed) return false;
      const made = await makeLinePage(log, rows, page);
      return !made || (await this.#local.commit([made])).ok;
    };
    for (const page of pages) {
      if (!(await this.#local.exclusive(() => step(page)))) return;
      await ports.pause();
    }
  }
}
