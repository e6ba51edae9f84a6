import type { LogId, MemberId } from "../../base/ids.ts";
import { ok } from "../../base/result.ts";
import { refused } from "../errors.ts";
import { growing, setHex, type HexMap } from "../persistent.ts";
import { withDevice } from "../settle.ts";
import { from, type Charter, type KeyUse, type Member } from "../state.ts";
import type { Position, SignedStatement, StatementOf } from "../types.ts";
import { isRelayName, keyFault, pairs, type Judged } from "./context.ts";

/** The first statement: it makes the log, its first member, device and recovery key, and pins the relay's log key. */
export function found(signed: SignedStatement, statement: StatementOf<"found">, at: Position): Judged {
  const { device, recovery, logKey, relay, level } = statement;
  if (statement.by !== device.sign) return refused("charter-signers");
  if (!isRelayName(relay)) return refused("charter-relay-name");
  const keys = pairs(device, recovery);
  const fault = keyFault({ keys: undefined }, { sign: [...keys.sign, logKey], box: keys.box });
  if (fault) return refused(fault);
  const since = from(at);
  // The founding statement's id is the log's id and the founder's id at once (section 3).
  const id = signed.id as string as MemberId;
  let uses: HexMap<KeyUse> = setHex(undefined, logKey, { as: "log" });
  uses = setHex(setHex(uses, recovery.sign, { as: "recovery", key: recovery.sign, member: id }), recovery.box, { as: "box" });
  const member: Member = {
    id,
    role: "parent",
    joined: since,
    confirmed: since,
    ended: undefined,
    active: [],
    devices: growing(),
    recoveries: growing({ keys: recovery, since }),
    used: { day: 0, statements: 0, recoveries: 0 },
  };
  const charter: Charter = {
    log: signed.id as string as LogId,
    kind: statement.kind,
    head: signed.id,
    at,
    count: 1,
    members: undefined,
    everyone: growing(id),
    parents: [id],
    devices: undefined,
    keys: uses,
    invite: undefined,
    exposed: {},
    pending: [],
    epochs: {},
    levels: growing({ since, level }),
    relays: growing({ since, relay, logKey }),
    proposals: [],
    attestations: growing(),
    closed: undefined,
  };
  return ok({
    charter: withDevice(charter, member, { keys: device, level, statement: signed.id, since }),
    signers: [device.sign],
    member: id,
  });
}
