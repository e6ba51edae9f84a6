import type { EntryChannel } from "@countersign/shared/base/channels";
import type { StampedNote } from "../stamp/desk.ts";
import type { PageItem } from "../store/store.ts";
import type { ActorPorts } from "./actor-ports.ts";
import type { Checkpoints } from "./checkpoints.ts";
import type { LogHead } from "./head.ts";
import type { MovingIn } from "./moving-in.ts";
import type { Source } from "./reader.ts";
import { Recent } from "./recent.ts";
import type { Flush } from "./unwritten.ts";

/** What connections read of a log: never more than what is durable (W2). */
export class Served implements Source {
  readonly #ports: Pick<ActorPorts, "store" | "turn">;
  readonly #head: LogHead;
  readonly #checkpoints: Checkpoints;
  readonly #moving: MovingIn;
  #recent = new Recent();
  /** Frames of the round that is going on, by what they show. */
  readonly #frames = new Map<string, Uint8Array>();
  #inRound = false;

  constructor(ports: Pick<ActorPorts, "store" | "turn">, head: LogHead, checkpoints: Checkpoints, moving: MovingIn) {
    this.#ports = ports;
    this.#head = head;
    this.#checkpoints = checkpoints;
    this.#moving = moving;
  }

  /** What a commit wrote is durable. */
  keep({ drops, entries }: Flush): void {
    // Among the last entries may be some whose bodies are gone: the store knows.
    if (drops) this.#recent = new Recent();
    for (const entry of entries) this.#recent.add(entry);
  }

  /** Until this turn ends, readers that look at what is new get the same frames. */
  beginRound(): void {
    this.#inRound = true;
    this.#ports.turn(() => {
      this.#inRound = false;
      this.#frames.clear();
    });
  }

  durable(): number {
    return this.#checkpoints.size;
  }

  page(from: number, limit: number, bytes: number, readable: ReadonlySet<EntryChannel>): Promise<readonly PageItem[]> {
    const kept = this.#recent.page(from, limit, bytes, readable);
    return kept ? Promise.resolve(kept) : this.#ports.store.page(this.#head.log, from, limit, bytes, readable);
  }

  /** The checkpoint over the first `size` entries; only the durable end has one. */
  note(size: number): string | null {
    if (size !== this.durable() || size === 0) return null;
    return this.#moving.isStaged ? this.#moving.note(size) : this.#checkpoints.note();
  }

  /** The checkpoint over what is durable, with the time of now; of a log that is being moved here that of the relay that it comes from. */
  freshNote(): string | null {
    return this.#moving.isStaged ? this.#moving.note(this.durable()) : this.#checkpoints.freshNote();
  }

  cosignedNote(size: number): string | null {
    return this.#checkpoints.cosignedNote(size);
  }

  stampUpTo(size: number): StampedNote | undefined {
    return this.#checkpoints.stampUpTo(size);
  }

  frame(key: string, make: () => Uint8Array): Uint8Array {
    if (!this.#inRound) return make();
    const known = this.#frames.get(key);
    if (known) return known;
    const made = make();
    this.#frames.set(key, made);
    return made;
  }
}
