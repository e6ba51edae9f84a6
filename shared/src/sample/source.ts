import type { ChannelKey, Millis } from "../base/ids.ts";
import { openBody } from "../entry/body.ts";
import { readAuthorPart } from "../entry/header.ts";
import type { OpenedEntry, SnapshotSource } from "../snapshot/source.ts";
import type { Sample } from "./sample.ts";

interface Options {
  readonly exported?: Millis;
  readonly app?: string;
}

/** What the device in `me` would export from: its own log, each entry opened with its key when it is asked for. */
export function sourceOf(sample: Sample, options: Options = {}): SnapshotSource {
  const { builder, me, files } = sample;
  return {
    log: sample.log,
    kind: builder.charter.kind,
    zone: sample.zone,
    names: sample.people.map(({ member, name }) => ({ member, name })),
    statements: builder.statements.map((s) => s.signed.bytes),
    // Each has both parts already.
    headers: builder.entries,
    entries: { [Symbol.iterator]: () => opened(sample) },
    note: sample.note,
    exporter: { device: me.device.id, publicKey: me.device.sign.publicKey, secretKey: me.device.sign.secretKey },
    exported: options.exported ?? sample.end + 3_600_000,
    app: options.app ?? "countersign",
    readFile: (id) => Promise.resolve(files.get(id)?.plain),
  };
}

function* opened({ builder }: Sample): Generator<OpenedEntry, void, undefined> {
  for (const e of builder.entries) {
    const read = readAuthorPart(e.authorBytes);
    if (!read.ok || e.channel === "charter") continue;
    const { author } = read.value;
    const key: ChannelKey | undefined = builder.keys.get(e.channel)?.[author.epoch];
    const body = key && openBody(author, e.body, key);
    if (body?.ok) yield { seq: e.seq, body: body.value };
  }
}
