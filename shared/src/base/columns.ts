type Numbers = Uint8Array | Uint32Array | Float64Array;

/** Rows that lie in one stretch of memory; of the last one there is room for fewer as long as it has few. */
const RUN = 256;
const FEW = 16;

/** Rows of so many numbers each, one behind the other in stretches of memory: no object for a row. What each place of a row means, its owner says. */
export class Columns<A extends Numbers> {
  readonly #make: new (length: number) => A;
  readonly #width: number;
  readonly #runs: A[] = [];
  #length = 0;

  /** @param width numbers of a row */
  constructor(make: new (length: number) => A, width: number) {
    this.#make = make;
    this.#width = width;
  }

  /** Rows. */
  get length(): number {
    return this.#length;
  }

  /** Bytes that it holds. */
  get bytes(): number {
    return this.#runs.reduce((n, run) => n + run.byteLength, 0);
  }

  /** Gives the row's number. What `row` does not fill is 0. */
  push(row: ArrayLike<number>): number {
    const at = this.#length % RUN;
    const room = at === 0 ? this.#roomFor(FEW) : (this.#runs.pop() ?? this.#roomFor(RUN));
    const run = at * this.#width < room.length ? room : this.#roomFor(2 * at);
    if (run !== room) run.set(room);
    run.set(row, at * this.#width);
    this.#runs.push(run);
    return this.#length++;
  }

  #roomFor(rows: number): A {
    return new this.#make(rows * this.#width);
  }

  /** The numbers of a row, as a view. */
  row(number: number): A {
    const from = (number % RUN) * this.#width;
    return this.#run(number).subarray(from, from + this.#width) as A;
  }

  at(number: number, place: number): number {
    return this.#run(number)[(number % RUN) * this.#width + place] ?? 0;
  }

  put(number: number, place: number, value: number): void {
    this.#run(number)[(number % RUN) * this.#width + place] = value;
  }

  #run(number: number): A {
    const run = number < this.#length ? this.#runs[Math.floor(number / RUN)] : undefined;
    if (!run) throw new Error("the number of a row that was pushed");
    return run;
  }
}
