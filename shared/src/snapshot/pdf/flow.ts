import type { Rows } from "../rows.ts";
import type { Block } from "./blocks.ts";
import { textHeight, type Paper } from "./paper.ts";

/** A block that is cut shows at least this much of itself before, in points. */
const LEAST = 110;

/**
 * What the first pages are made of, block after block as they are asked for: a list of contents is as long as the record. They are set twice: before, to count the pages,
 * and at the end, once it is known on which page what stands.
 */
export type Front = (labelOf: (place: string) => string) => Rows<Block>;

const heightOf = (block: Block): number => block.pieces.reduce((n, p) => n + p.height, 0);

/** How much room blocks that stay together need on a page so that they may begin there. Of one that is longer than a page the first part. */
export function leastRoom(blocks: readonly Block[], room: number): number {
  const last = blocks.at(-1);
  const led = blocks.slice(0, -1).reduce((n, b) => n + heightOf(b), 0);
  const whole = led + (last ? heightOf(last) : 0);
  return whole <= room ? whole : led + LEAST;
}

/** How many pages the first pages will be. */
export const pagesOf = (front: Front, paper: Paper): Promise<number> => new Flow(textHeight(paper)).measure(front(() => ""));

/** Counts pages as the document would fill them, without drawing. */
class Flow {
  readonly #room: number;
  #pages = 1;
  #top = 0;

  constructor(room: number) {
    this.#room = room;
  }

  async measure(blocks: Rows<Block>): Promise<number> {
    let waiting: Block[] = [];
    for await (const block of blocks) {
      waiting.push(block);
      if (block.leads === true) continue;
      this.#place(waiting);
      waiting = [];
    }
    this.#place(waiting);
    return this.#pages;
  }

  #place(blocks: readonly Block[]): void {
    if (this.#top > 0 && this.#top + leastRoom(blocks, this.#room) > this.#room) this.#next();
    for (const piece of blocks.flatMap((b) => b.pieces)) {
      if (this.#top > 0 && this.#top + piece.height > this.#room) this.#next();
      this.#top += piece.height;
    }
  }

  #next(): void {
    this.#pages += 1;
    this.#top = 0;
  }
}
