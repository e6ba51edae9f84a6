/**
 * Errors that a caller can act on are values. An exception is a bug.
 *
 * `E` is a plain object with a `code` from a closed union, so that a switch over it is checked by the compiler.
 */
export type Result<T, E> = Ok<T> | Err<E>;

export interface Ok<T> {
  readonly ok: true;
  readonly value: T;
}

export interface Err<E> {
  readonly ok: false;
  readonly error: E;
}

export const ok = <T>(value: T): Ok<T> => ({ ok: true, value });
export const err = <E>(error: E): Err<E> => ({ ok: false, error });

/** An error with a code from a closed set and, for people who debug, a detail that never holds content, names or secrets. */
export interface Coded<C extends string> {
  readonly code: C;
  readonly detail?: string;
}

export const coded = <C extends string>(code: C, detail?: string): Coded<C> => (detail === undefined ? { code } : { code, detail });

/** For the default branch of a switch that must be complete. */
export function unreachable(x: never): never {
  throw new Error(`unreachable: ${String(x)}`);
}
