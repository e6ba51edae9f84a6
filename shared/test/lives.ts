/**
 * Random lives of a household for property tests: two parents with two devices each, a sheet each, and eve, who say lawful and unlawful
 * things in any order. The same steps give the same life.
 */
import fc from "fast-check";
import type { Hex32, StatementId } from "../src/base/ids.ts";
import { newEpochs } from "../src/charter/epoch.ts";
import { currentEpoch, deviceAt, everyone, levelAt, memberOfRecoveryKey } from "../src/charter/query.ts";
import { safetyDigestOf } from "../src/charter/safety-digest.ts";
import { settle } from "../src/charter/settle.ts";
import type { Charter } from "../src/charter/state.ts";
import type { LogKeyId, Position, SignedStatement, StatementType } from "../src/charter/types.ts";
import type { Channel } from "../src/base/channels.ts";
import {
  HOUR,
  makeDevice,
  makeInvite,
  makePerson,
  makeRecovery,
  TestLog,
  together,
  type TestDevice,
  type TestInvite,
  type TestRecovery,
} from "./people.ts";
import { seededRandom } from "./random.ts";

/** The channels whose epochs these lives open. */
export const LIFE_CHANNELS: readonly Channel[] = ["messages", "expenses"];
export const LIFE_TYPES = [
  ...["invite", "join", "confirm", "void", "attest", "link", "revoke", "set-recovery", "recover", "refuse"],
  ...["open-epoch", "open-epoch", "level", "consent", "move-log", "close", "leave"],
] as readonly StatementType[];

/** What the person at the keys does: numbers choose among what there is. */
export interface LifeStep {
  readonly type: StatementType;
  readonly by: number;
  readonly target: number;
  readonly hours: number;
  readonly skip: number;
}
const step: fc.Arbitrary<LifeStep> = fc.record({
  // Leaving and closing end a life early, so they are rare.
  type: fc.oneof(
    { weight: 20, arbitrary: fc.constantFrom(...LIFE_TYPES.filter((t) => t !== "leave" && t !== "close")) },
    { weight: 1, arbitrary: fc.constantFrom<StatementType>("leave", "close") },
  ),
  by: fc.nat(9),
  target: fc.nat(40),
  hours: fc.constantFrom(0, 0, 0, 1, 30, 73),
  skip: fc.nat(2),
});
/** A life begins with one parent, with a join that waits for its confirmation, or with two confirmed parents. */
export interface Life {
  readonly start: "alone" | "waiting" | "together";
  readonly steps: readonly LifeStep[];
}
export const life: fc.Arbitrary<Life> = fc.record({
  start: fc.constantFrom("alone", "waiting", "together"),
  steps: fc.array(step, { minLength: 10, maxLength: 45 }),
});

export interface World {
  readonly log: TestLog;
  readonly random: ReturnType<typeof seededRandom>;
  readonly devices: TestDevice[];
  readonly sheets: TestRecovery[];
  readonly invites: TestInvite[];
  readonly ids: StatementId[];
}

function world(start: Life["start"]): World {
  const [alice, bob, eve] = ["alice", "bob", "eve"].map(makePerson);
  if (!alice || !bob || !eve) throw new Error("nobody there");
  const log = start === "together" ? together(alice, bob).log : new TestLog(alice);
  if (start === "waiting") {
    const invite = makeInvite(alice.random);
    log.invite(alice.phone, invite);
    log.join(bob, invite);
  }
  const devices = [alice.phone, bob.phone, alice.laptop, bob.laptop, eve.phone];
  return { log, random: seededRandom("world"), devices, sheets: [alice.sheet, bob.sheet, eve.sheet], invites: [], ids: [log.charter.head] };
}

const pick = <T>(of: readonly T[], n: number): T => {
  const item = of[n % of.length];
  if (item === undefined) throw new Error("nothing to pick from");
  return item;
};
/** Mostly the latest of something, sometimes an older one. */
const latest = <T>(of: readonly T[], n: number): T => pick(of, n % 4 === 0 ? n : of.length - 1);

/** The statement of a step, whether or not it may stand. */
function attempt(w: World, { type, by, target }: LifeStep): SignedStatement {
  const { log, random, devices, sheets, invites, ids } = w;
  const { charter } = log;
  const next = log.next;
  const lawful = devices.filter((d) => deviceAt(charter, d.id, next) !== undefined);
  // Most are said by a device that may say something, the rest by any.
  const device = by < 8 && lawful.length > 0 ? pick(lawful, by) : pick(devices, by);
  const inForce = sheets.filter((x) => memberOfRecoveryKey(charter, x.id) !== undefined);
  const sheet = target % 4 !== 0 && inForce.length > 0 ? pick(inForce, target) : pick(sheets, target);
  const fresh = makeDevice(random);
  const other = pick(devices, target);
  const members = everyone(charter).map((m) => m.id);
  // Half of the new devices have keys of their own, the rest are somebody's.
  const entering = target % 4 === 0 ? other : fresh;
  const id = latest(ids, target);
  const pendingId = charter.pending[0]?.id ?? id;
  const level = Math.max(0, levelAt(charter, next) + (target % 5 === 0 ? -1 : target % 2));
  switch (type) {
    case "invite": {
      const invite = makeInvite(random);
      invites.push(invite);
      const epochs = LIFE_CHANNELS.flatMap((channel) => currentEpoch(charter, channel) ?? []).map(({ channel, epoch }) => ({
        channel,
        epoch,
      }));
      return log.make(
        "invite",
        { key: invite.id, role: "parent", expires: log.next.time + 48 * HOUR, covers: epochs, box: new Uint8Array() },
        [device],
      );
    }
    case "join": {
      const invite = invites.find((i) => i.id === charter.invite?.key) ?? makeInvite(random);
      const joining = target % 4 === 0 ? pick(devices, 1 + 3 * (target % 3 === 0 ? 1 : 0)) : fresh;
      if (joining === fresh) devices.push(fresh);
      const recovery = makeRecovery(random);
      sheets.push(recovery);
      return log.make("join", { invite: charter.invite?.id ?? id, device: joining.keys, recovery: recovery.keys, level }, [
        joining,
        invite.key,
      ]);
    }
    case "confirm":
      return log.make("confirm", { join: (charter.invite?.joined ?? id) as string as StatementId }, [device]);
    case "void":
      return log.make("void", { invite: charter.invite?.id ?? id }, [device]);
    case "attest":
      return log.make(
        "attest",
        { member: pick(members, target), method: "words", digest: safetyDigestOf(charter) ?? (id as string as Hex32) },
        [device],
      );
    case "link":
      devices.push(fresh);
      return log.make("link", { device: entering.keys, level }, [device, entering]);
    case "revoke":
      return log.make("revoke", { device: other.id }, [by % 4 === 3 ? sheet : device]);
    case "set-recovery": {
      const recovery = target % 5 === 0 ? sheet : makeRecovery(random);
      sheets.push(recovery);
      return log.make("set-recovery", { recovery: recovery.keys }, [by % 4 === 3 ? sheet : device, recovery]);
    }
    case "recover":
      devices.push(fresh);
      return log.make("recover", { device: entering.keys, level, revokes: target % 2 ? [] : [device.id] }, [entering, sheet]);
    case "refuse":
      return log.make("refuse", { recover: pendingId }, [device]);
    case "open-epoch": {
      const channel = pick(LIFE_CHANNELS, target);
      const epochs = newEpochs(charter, [channel], log.next, random).statements.flat();
      // Some wrap to one too few.
      return log.make("open-epoch", { epochs: target % 5 === 0 ? epochs.map((e) => ({ ...e, wraps: e.wraps.slice(1) })) : epochs }, [
        device,
      ]);
    }
    case "level":
      return log.make("level", { level }, [device]);
    case "consent":
      return log.make("consent", { to: charter.proposals[0]?.id ?? id }, [device]);
    case "move-log":
      return log.make(
        "move-log",
        { size: 1, root: id as string as Hex32, relay: `relay-${target}.example`, logKey: fresh.id as string as LogKeyId },
        [device],
      );
    case "close":
      return log.make("close", {}, [device]);
    default:
      return log.make("leave", {}, [device]);
  }
}

export interface Lived {
  readonly w: World;
  /** The charter before each entry, and the entry. */
  readonly prefixes: readonly { readonly charter: Charter; readonly at: Position }[];
  readonly codes: ReadonlySet<string>;
  readonly stood: ReadonlySet<string>;
}

/** Lives a life; `check` sees each statement that stood, with the charter before (settled for its place) and after. */
export function live(
  { start, steps }: Life,
  check: (before: Charter, after: Charter, signed: SignedStatement, at: Position) => void,
): Lived {
  const w = world(start);
  const { log } = w;
  const prefixes: { charter: Charter; at: Position }[] = [];
  const codes = new Set<string>();
  const stood = new Set<string>();
  for (const s of steps) {
    log.wait(s.hours * HOUR).skip(s.skip);
    const signed = attempt(w, s);
    const verdict = log.verdict(signed);
    codes.add(verdict);
    if (verdict !== "ok") continue;
    const charter = log.charter;
    log.push(signed);
    w.ids.push(signed.id);
    stood.add(s.type);
    prefixes.push({ charter, at: log.charter.at });
    check(settle(charter, log.charter.at), log.charter, signed, log.charter.at);
  }
  return { w, prefixes, codes, stood };
}
