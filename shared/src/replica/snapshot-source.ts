import type { MemberId } from "../base/ids.ts";
import { ENTRY_KIND, parseHeader } from "../entry/header.ts";
import type { OpenedEntry, SnapshotSource, SourceHeader } from "../snapshot/source.ts";
import { FileBox } from "../sync/files.ts";
import { keyName } from "../sync/log-state.ts";
import { openRow } from "../sync/open-row.ts";
import { entryRowCodec, keys, statementRowCodec } from "../sync/rows.ts";
import { prefix } from "../vault/row-store.ts";
import type { OpenLog, ReplicaCore } from "./core.ts";

const RUN = 512;

/** Everything of one log that a snapshot is made from, read from this device's own rows. Undefined before anything was verified. */
export async function snapshotSource(core: ReplicaCore, open: OpenLog, app: string): Promise<SnapshotSource | undefined> {
  const { session, names } = open;
  const rows = core.rows;
  const { charter, tail, keys: ring } = session.state;
  if (!rows || !charter || !tail.verified) return undefined;
  const size = tail.verified.checkpoint.size;
  const headers: SourceHeader[] = [];
  const entries: OpenedEntry[] = [];
  const anchors: { seq: number; body: Uint8Array }[] = [];
  for (let from = 0; from < size; from += RUN) {
    for (const row of await rows.scan("entry", {
      from: keys.entry(session.log, from),
      to: keys.entry(session.log, Math.min(from + RUN, size)),
    })) {
      const stored = entryRowCodec.decode(row.value);
      if (!stored.ok) return undefined;
      const { a, r, leaf } = stored.value;
      if (!a || !r) {
        headers.push(leaf);
        continue;
      }
      headers.push({ authorBytes: a, relayBytes: r });
      const header = parseHeader(a, r);
      if (!header.ok || header.value.author.channel === "charter") continue;
      if (header.value.author.kind === ENTRY_KIND.anchor || header.value.author.kind === ENTRY_KIND.again) {
        if (stored.value.b) anchors.push({ seq: header.value.relay.seq, body: stored.value.b });
        continue;
      }
      const key = ring.get(keyName(header.value.author.channel, header.value.author.epoch));
      const body = openRow(header.value, stored.value, key);
      if (body?.ok) entries.push({ seq: header.value.relay.seq, body: body.value });
    }
    await core.deps.ports.pause();
  }
  const statements: Uint8Array[] = [];
  for (const row of await rows.scan("statement", prefix(`${session.log}/`))) {
    const stored = statementRowCodec.decode(row.value);
    if (stored.ok && stored.value.seq < size) statements.push(stored.value.bytes);
  }
  const files = new FileBox(session.log, rows, core.deps.ports.transport);
  return {
    log: session.log,
    kind: session.identity.kind,
    zone: session.identity.zone,
    names: [...names.people].map(([member, name]) => ({ member: member as MemberId, name })),
    statements,
    headers,
    entries,
    anchors,
    note: tail.verified.note,
    exporter: { device: session.device, publicKey: session.signKeys.publicKey, secretKey: session.signKeys.secretKey },
    exported: core.deps.ports.clock.now(),
    app,
    readFile: async (id) => {
      const read = await files.read(id);
      return read.ok ? read.value : undefined;
    },
  };
}
