/** Each value once, by its number: columns keep the number. */
export class Numbered<T> {
  readonly #numbers = new Map<T, number>();
  readonly #values: T[] = [];

  number(value: T): number {
    const known = this.#numbers.get(value);
    if (known !== undefined) return known;
    this.#numbers.set(value, this.#values.length);
    return this.#values.push(value) - 1;
  }

  at(number: number): T {
    const value = this.#values[number];
    if (value === undefined) throw new Error("the number of a value of this table");
    return value;
  }
}
