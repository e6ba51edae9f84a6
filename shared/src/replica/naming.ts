import { z } from "zod";
import type { LogId } from "../base/ids.ts";
import { structCodec, zId, zText } from "../cbor/struct.ts";
import { KIND_VERSION } from "../kinds/fields.ts";
import { NAMED, type Named } from "../kinds/name.ts";
import type { ActPlace } from "../sync/record-act.ts";
import { prefix, type Write } from "../vault/row-store.ts";
import type { ReplicaCore } from "./core.ts";
import type { Names } from "./names.ts";
import type { RecordWriter } from "./records/writer.ts";

const WAITING = "naming/";

/** A name that was given here and is not in the personal log yet. */
const givenSchema = z.strictObject({ log: zId<LogId>(), of: z.enum(NAMED), who: zText(64), name: zText(200) });
type Given = z.output<typeof givenSchema>;
const givenCodec = structCodec<Given>(givenSchema, 2_000);

const rowOf = (given: Given): Write => ({
  table: "secret",
  key: `${WAITING}${given.log}/${given.of}/${given.who}`,
  value: givenCodec.encode(given),
});

/** What of these names differs from those before, as rows that wait for the personal log: they are committed with the names themselves. */
export function given(log: LogId, before: Names, after: Names): readonly Write[] {
  const changed = (of: Named, a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): Write[] =>
    [...b].filter(([id, name]) => a.get(id) !== name).map(([who, name]) => rowOf({ log, of, who, name }));
  return [
    ...(before.label === after.label ? [] : [rowOf({ log, of: "household", who: "", name: after.label })]),
    ...changed("member", before.people, after.people),
    ...changed("device", before.devices, after.devices),
  ];
}

/**
 * Names as records of the personal log (rule R8), so that they are on all devices of the person who gave them and come back with the recovery
 * sheet. What the screens read is a sealed row for each log, kept in step with those records; a name that can't be written there yet, because
 * this device is not one of the log yet, waits in a row of its own.
 */
export class Naming {
  readonly #core: ReplicaCore;
  readonly #writer: RecordWriter;
  #looking: Promise<void> | undefined;
  #again = false;

  constructor(core: ReplicaCore, writer: RecordWriter) {
    this.#core = core;
    this.#writer = writer;
  }

  /** Notes what waits, and takes over what other devices of this person, or this one in an earlier life, noted. */
  look(): Promise<void> {
    this.#again = true;
    this.#looking ??= this.#work().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async #work(): Promise<void> {
    while (this.#again) {
      this.#again = false;
      await this.#note();
      await this.#takeOver();
    }
  }

  async #waiting(): Promise<readonly { readonly key: string; readonly given: Given }[]> {
    const rows = (await this.#core.rows?.scan("secret", prefix(WAITING))) ?? [];
    return rows.flatMap(({ key, value }) => {
      const parsed = givenCodec.decode(value);
      return parsed.ok ? [{ key, given: parsed.value }] : [];
    });
  }

  async #note(): Promise<void> {
    for (const { key, given: g } of await this.#waiting()) {
      const { personal } = this.#core;
      if (!personal?.session.isDevice()) return;
      const fields = { kind: "name", v: KIND_VERSION, log: g.log, of: g.of, ...(g.who === "" ? {} : { who: g.who }), name: g.name };
      const noted = await this.#writer.create(personal, "settings", fields, []);
      // It goes on waiting; the next look tries again.
      if (!noted.ok) return;
      // Two lines with one name do no harm, should this device stop just here.
      await this.#core.add([{ table: "secret", key, value: null }]);
    }
  }

  async #takeOver(): Promise<void> {
    const { personal } = this.#core;
    if (!personal) return;
    const noted = [...personal.session.index.ofKind("name")].map(({ folded, acts }) => ({ given: folded, place: acts[0]?.place }));
    noted.sort((a, b) => seqOf(a.place) - seqOf(b.place) || a.given.at - b.given.at);
    const all = [...noted.map((n) => n.given), ...(await this.#waiting()).map((w) => w.given)];
    for (const open of this.#core.logs.values()) {
      const of = all.filter((g) => g.log === open.session.log);
      if (of.length > 0) await this.#core.keepNames(open, named(open.names, of));
    }
  }
}

const seqOf = (place: ActPlace | undefined): number => place?.admitted?.seq ?? place?.logged?.seq ?? Number.MAX_SAFE_INTEGER;

/** These names with others over them, the last one last. */
function named(names: Names, later: readonly { readonly of: Named; readonly who?: string | undefined; readonly name: string }[]): Names {
  const people = new Map(names.people);
  const devices = new Map(names.devices);
  let { label } = names;
  for (const { of, who = "", name } of later) {
    if (of === "household") label = name;
    else if (of === "member") people.set(who, name);
    else devices.set(who, name);
  }
  return { ...names, label, people, devices };
}
