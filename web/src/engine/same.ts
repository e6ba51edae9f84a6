const isPlain = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;

const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);

function equal(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  // Plain loops: lists of a hundred rows are compared before the browser has compiled any of this.
  if (isList(a)) {
    if (!isList(b) || a.length !== b.length) return false;
    for (let i = 0; i < a.length; i++) if (!equal(a[i], b[i])) return false;
    return true;
  }
  if (!isPlain(a) || !isPlain(b)) return false;
  const names = Object.keys(a);
  if (names.length !== Object.keys(b).length) return false;
  for (const name of names) if (!Object.hasOwn(b, name) || !equal(a[name], b[name])) return false;
  return true;
}

/**
 * What the engine answers is a copy each time. Whatever in the new answer says the same as before stays the very same object, so that only
 * what changed is drawn again; the old answer itself where nothing did.
 */
export function same<T>(before: unknown, now: T): T {
  if (equal(before, now)) return before as T;
  if (isList(before) && isList(now)) return now.map((value, i) => same(before[i], value)) as T;
  if (!isPlain(before) || !isPlain(now)) return now;
  return Object.fromEntries(Object.entries(now).map(([name, value]) => [name, same(before[name], value)])) as T;
}
