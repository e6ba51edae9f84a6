/** Keeps what was asked for lately, at most `size` of it. */
export class Recent<K, V> {
  readonly #size: number;
  /** The one that was asked for longest ago comes first. */
  readonly #kept = new Map<K, V>();

  constructor(size: number) {
    this.#size = size;
  }

  get(key: K): V | undefined {
    const value = this.#kept.get(key);
    if (value === undefined) return undefined;
    this.#kept.delete(key);
    this.#kept.set(key, value);
    return value;
  }

  /** The same without its counting as asked for. */
  look(key: K): V | undefined {
    return this.#kept.get(key);
  }

  put(key: K, value: V): V {
    this.#kept.delete(key);
    this.#kept.set(key, value);
    const oldest = this.#kept.size > this.#size ? this.#kept.keys().next() : undefined;
    if (oldest?.done === false) this.#kept.delete(oldest.value);
    return value;
  }

  drop(key: K): void {
    this.#kept.delete(key);
  }
}
