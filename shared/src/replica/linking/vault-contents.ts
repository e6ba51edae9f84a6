import { concat, fromHex, idBytes, toHex } from "../../base/bytes.ts";
import type { DeviceId, LogId, RecordId } from "../../base/ids.ts";
import { channelsOf } from "../../base/channels.ts";
import { plainAddress } from "../../charter/relay-address.ts";
import { SEEN_BYTES, SEEN_MAX, type Contents, type LogContents } from "../../pair/contents.ts";
import { channelKeyCodec, identityCodec, keys, type Identity } from "../../sync/rows.ts";
import type { LogSession } from "../../sync/session.ts";
import { prefix, type Write } from "../../vault/row-store.ts";
import type { OpenLog, ReplicaCore } from "../core.ts";
import { encodeNames } from "../names.ts";
import { encodeGroups, secretKeys, settingsCodec, sheetCodec, type DeviceGroup } from "../secret-rows.ts";

/** Keys that the new device made for one log (rule K2). */
export interface NewKeys {
  readonly sign: Uint8Array;
  readonly box: Uint8Array;
  readonly device: DeviceId;
}

/** What the new device gets of this vault: all but the keys with which this device signs and receives. */
export async function vaultContents(core: ReplicaCore, logs: readonly OpenLog[]): Promise<Contents> {
  const { sheet, autoLock, groups } = core;
  if (!sheet) throw new Error("a code is shown by an open vault");
  const own: DeviceGroup = logs.map(({ session }) => ({ l: session.log, d: session.device }));
  const others = groups.filter((g) => !g.some((m) => own.some((o) => o.d === m.d)));
  return {
    v: 1,
    sheet: { seed: sheet.seed, relay: plainAddress(sheet.relay), confirmed: sheet.confirmed, made: sheet.made },
    autoLock,
    logs: await Promise.all(logs.map((open) => logContents(core, open))),
    devices: [own, ...others].slice(0, 200).map((g) => [...g]),
  };
}

async function logContents(core: ReplicaCore, { session, names }: OpenLog): Promise<LogContents> {
  const { identity, log } = session;
  const at = secretKeys.allSeen(log);
  const seen = ((await core.rows?.scan("secret", prefix(at))) ?? []).map((row) => row.key.slice(at.length));
  return {
    log,
    kind: identity.kind,
    address: plainAddress(identity.address),
    relayName: identity.relayName,
    purpose: identity.purpose,
    member: identity.member,
    zone: identity.zone,
    viewReceipts: identity.viewReceipts,
    label: names.label,
    people: [...names.people] as LogContents["people"],
    devices: [...names.devices] as LogContents["devices"],
    link: names.link,
    keys: keysOf(session),
    seen: concat(...seen.slice(-SEEN_MAX).map((id) => fromHex(id) ?? new Uint8Array(SEEN_BYTES))),
  };
}

/** All channel keys of a log that this device holds, old epochs among them. */
function keysOf(session: LogSession): LogContents["keys"] {
  const own = new Set<string>(channelsOf(session.identity.kind));
  return [...session.state.keys].flatMap(([name, k]) => {
    const [c = "", epoch] = name.split("/");
    return own.has(c) ? [{ c: c as LogContents["keys"][number]["c"], e: Number(epoch), k }] : [];
  });
}

const secret = (key: string, value: Uint8Array): Write => ({ table: "secret", key, value });

/** The rows with which a new device's vault begins. */
export const vaultRows = (contents: Contents, made: ReadonlyMap<LogId, NewKeys>, name: string): readonly Write[] => [
  secret(secretKeys.sheet, sheetCodec.encode(contents.sheet)),
  secret(secretKeys.settings, settingsCodec.encode({ autoLock: contents.autoLock })),
  ...logRows(contents, made, name, []),
];

/** The rows of those logs for which this device made keys. `have` are its ids in logs that it had before. */
export function logRows(contents: Contents, made: ReadonlyMap<LogId, NewKeys>, name: string, have: DeviceGroup): readonly Write[] {
  const own: DeviceGroup = [...have, ...[...made].map(([l, { device }]) => ({ l, d: device }))];
  const hello = contents.logs.find(({ log, kind }) => made.has(log) && kind === "personal")?.log ?? [...made.keys()][0];
  if (hello === undefined) throw new Error("keys for a log");
  return [
    secret(secretKeys.devices, encodeGroups([own, ...contents.devices].slice(0, 200))),
    secret(secretKeys.hello, idBytes(hello)),
    ...contents.logs.flatMap((of): Write[] => {
      const mine = made.get(of.log);
      if (!mine) return [];
      const identity: Identity = {
        v: 1,
        log: of.log,
        kind: of.kind,
        address: of.address,
        relayName: of.relayName,
        purpose: of.purpose,
        member: of.member,
        sign: mine.sign,
        box: mine.box,
        label: "",
        zone: of.zone,
        viewReceipts: of.viewReceipts,
      };
      const devices = new Map<string, string>(of.devices);
      if (name !== "") devices.set(mine.device, name);
      return [
        secret(keys.identity(of.log), identityCodec.encode(identity)),
        secret(secretKeys.names(of.log), encodeNames({ label: of.label, people: new Map(of.people), devices, link: of.link })),
        ...of.keys.map(({ c, e, k }) => secret(keys.channelKey(of.log, c, e), channelKeyCodec.encode({ channel: c, epoch: e, key: k }))),
        ...seenIds(of.seen).map((id) => secret(secretKeys.seen(of.log, id), new Uint8Array())),
      ];
    }),
  ];
}

function seenIds(seen: Uint8Array): RecordId[] {
  const ids: RecordId[] = [];
  for (let at = 0; at < seen.length; at += SEEN_BYTES) ids.push(toHex(seen.subarray(at, at + SEEN_BYTES)) as RecordId);
  return ids;
}
