import type { ChannelKey, Millis } from "../base/ids.ts";
import { openBody } from "../entry/body.ts";
import { parseAuthorPart } from "../entry/header.ts";
import type { OpenedEntry, SnapshotSource } from "../snapshot/source.ts";
import type { Sample } from "./sample.ts";

/** What the device in `me` would export from: its own log, opened with every key. */
export function sourceOf(sample: Sample, options: { readonly exported?: Millis; readonly app?: string } = {}): SnapshotSource {
  const { builder, me, files } = sample;
  const entries = builder.entries.flatMap((e): OpenedEntry[] => {
    const author = parseAuthorPart(e.authorBytes);
    if (!author.ok || e.channel === "charter") return [];
    const key: ChannelKey | undefined = builder.keys.get(e.channel)?.[author.value.epoch];
    const body = key && openBody(author.value, e.body, key);
    return body?.ok ? [{ seq: e.seq, body: body.value }] : [];
  });
  return {
    log: sample.log,
    kind: builder.charter.kind,
    zone: sample.zone,
    names: sample.people.map(({ member, name }) => ({ member, name })),
    statements: builder.statements.map((s) => s.signed.bytes),
    headers: builder.entries.map(({ authorBytes, relayBytes }) => ({ authorBytes, relayBytes })),
    entries,
    note: sample.note,
    exporter: { device: me.device.id, publicKey: me.device.sign.publicKey, secretKey: me.device.sign.secretKey },
    exported: options.exported ?? sample.end + 3_600_000,
    app: options.app ?? "countersign",
    readFile: (id) => Promise.resolve(files.get(id)?.plain),
  };
}
