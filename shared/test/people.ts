/**
 * People for tests: alice, bob and eve, with keys that depend on their names alone, and a household in which they say things.
 * `initCrypto()` must have resolved.
 */
import { toId } from "../src/base/bytes.ts";
import type { ChannelKey, DeviceId, LogId, MemberId, StatementId } from "../src/base/ids.ts";
import type { Result } from "../src/base/result.ts";
import { parseSigned } from "../src/charter/codec.ts";
import { newEpochs, type EpochKey } from "../src/charter/epoch.ts";
import type { CharterError } from "../src/charter/errors.ts";
import { extendCharter, foundCharter } from "../src/charter/evaluate.ts";
import { safetyDigestOf } from "../src/charter/safety-digest.ts";
import { frameOn, makeStatement, type StatementSigner } from "../src/charter/sign.ts";
import type { Charter } from "../src/charter/state.ts";
import type {
  BoxKeyId,
  CheckpointRef,
  DeviceKeys,
  InviteKeyId,
  LogKeyId,
  LogKind,
  Position,
  RecoveryKeyId,
  RecoveryKeys,
  SignedStatement,
  SignerId,
  Statement,
  StatementFields,
  StatementType,
} from "../src/charter/types.ts";
import { boxKeyPair, type BoxKeyPair } from "../src/crypto/box.ts";
import type { RandomBytes } from "../src/crypto/random.ts";
import { signKeyPair, type SignKeyPair } from "../src/crypto/sign.ts";
import { channelsOf, type Channel } from "../src/base/channels.ts";
import { seededRandom } from "./random.ts";

export const HOUR = 3_600_000;
export const START = Date.UTC(2026, 0, 1);
export const RELAY = "relay.example";

/** A device or a recovery sheet: both are two key pairs. */
interface Holder {
  readonly sign: SignKeyPair;
  readonly box: BoxKeyPair;
}
export interface TestDevice extends Holder {
  readonly id: DeviceId;
  readonly keys: DeviceKeys;
}
export interface TestRecovery extends Holder {
  readonly id: RecoveryKeyId;
  readonly keys: RecoveryKeys;
}

export function makeDevice(random: RandomBytes): TestDevice {
  const sign = signKeyPair(random(32));
  const box = boxKeyPair(random(32));
  const id = toId<DeviceId>(sign.publicKey);
  return { sign, box, id, keys: { sign: id, box: toId<BoxKeyId>(box.publicKey) } };
}

export function makeRecovery(random: RandomBytes): TestRecovery {
  const sign = signKeyPair(random(32));
  const box = boxKeyPair(random(32));
  const id = toId<RecoveryKeyId>(sign.publicKey);
  return { sign, box, id, keys: { sign: id, box: toId<BoxKeyId>(box.publicKey) } };
}

export interface Person {
  readonly name: string;
  readonly random: RandomBytes;
  readonly phone: TestDevice;
  readonly laptop: TestDevice;
  readonly sheet: TestRecovery;
}

/** The same name gives the same keys. `phone` is the first device, `laptop` a second that is linked when a test says so. */
export function makePerson(name: string): Person {
  const random = seededRandom(`person ${name}`);
  return { name, random, phone: makeDevice(random), laptop: makeDevice(random), sheet: makeRecovery(random) };
}

/** An invitation's one-time key and the secret of its link. */
export interface TestInvite {
  readonly secret: Uint8Array;
  readonly key: SignKeyPair;
  readonly id: InviteKeyId;
}
export function makeInvite(random: RandomBytes): TestInvite {
  const secret = random(32);
  const key = signKeyPair(secret);
  return { secret, key, id: toId<InviteKeyId>(key.publicKey) };
}

type Signers = readonly (StatementSigner | { readonly sign: StatementSigner })[];
const signersOf = (of: Signers): readonly StatementSigner[] => of.map((s) => ("sign" in s ? s.sign : s));

/** A log that is being founded and extended by a relay that runs the evaluator and nothing else. */
export class TestLog {
  charter: Charter;
  /** Every statement that stood, with its place. */
  readonly entries: { readonly signed: SignedStatement; readonly at: Position }[];
  readonly relayKey: SignKeyPair;
  /** Every channel key that was made by `openEpochs`. */
  readonly keys: EpochKey[] = [];
  #seq = 0;
  #time: number;

  constructor(founder: Person, options: { kind?: LogKind; level?: number; relay?: string; relayKey?: SignKeyPair; time?: number } = {}) {
    this.relayKey = options.relayKey ?? signKeyPair(seededRandom("relay log key")(32));
    this.#time = options.time ?? START;
    const signed = foundStatement(founder, { ...options, logKey: toId<LogKeyId>(this.relayKey.publicKey) });
    const at = { seq: 0, time: this.#time };
    this.charter = orThrow(foundCharter(signed, at));
    this.entries = [{ signed, at }];
  }

  get log(): LogId {
    return this.charter.log;
  }
  /** The place of the next entry. */
  get next(): Position {
    return { seq: this.#seq + 1, time: this.#time };
  }
  /** Lets relay time pass. */
  wait(ms: number): this {
    this.#time += ms;
    return this;
  }
  /** Lets entries that are no statements pass. */
  skip(entries: number): this {
    this.#seq += entries;
    return this;
  }

  /** A statement on the present head, by the first of the signers. */
  make<T extends StatementType>(
    type: T,
    fields: StatementFields[T],
    signers: Signers,
    frame: { by?: SignerId; cp?: CheckpointRef; prev?: StatementId; log?: LogId } = {},
  ): SignedStatement {
    const keys = signersOf(signers);
    const first = keys[0];
    const by = frame.by ?? toId<DeviceId>(first?.publicKey ?? new Uint8Array(32));
    const base = frameOn(this.charter, by, frame.cp ?? null);
    const statement = {
      ...base,
      ...(frame.prev && { prev: frame.prev }),
      ...(frame.log && { log: frame.log }),
      ...fields,
      type,
    } as unknown as Statement;
    return makeStatement(statement, keys);
  }

  /** What the evaluator says to a statement at the next place, after a way through its bytes. Nothing changes. */
  judge(signed: SignedStatement, at: Position = this.next): Result<Charter, CharterError> {
    const parsed = parseSigned(signed.bytes);
    return parsed.ok ? extendCharter(this.charter, parsed.value, at) : parsed;
  }

  /** The code with which a statement is refused at the next place, or `ok`. */
  verdict(signed: SignedStatement): string {
    const judged = this.judge(signed);
    return judged.ok ? "ok" : judged.error.code;
  }

  /** Appends a statement that must stand, one second later. */
  push(signed: SignedStatement): StatementId {
    this.#time += 1000;
    const at = this.next;
    this.charter = orThrow(this.judge(signed, at));
    this.entries.push({ signed, at });
    this.#seq = at.seq;
    return signed.id;
  }

  /** Makes and appends at once. */
  say<T extends StatementType>(type: T, fields: StatementFields[T], ...signers: Signers): StatementId {
    return this.push(this.make(type, fields, signers));
  }

  /** Opens the next epoch of channels (all of them by default), wrapped as rule K4 asks. */
  openEpochs(
    by: TestDevice,
    channels: readonly Channel[] = channelsOf(this.charter.kind),
    random: RandomBytes = seededRandom(`epochs ${this.#seq}`),
  ): readonly EpochKey[] {
    const { statements, keys } = newEpochs(this.charter, channels, this.next, random);
    for (const epochs of statements) this.say("open-epoch", { epochs }, by);
    this.keys.push(...keys);
    return keys;
  }

  keyOf(channel: Channel, epoch: number): ChannelKey {
    const found = this.keys.find((k) => k.channel === channel && k.epoch === epoch);
    if (!found) throw new Error(`no key of ${channel} ${epoch}`);
    return found.key;
  }

  /** Invites with the keys in force covered by a box of no content. */
  invite(by: TestDevice, invite: TestInvite, options: { hours?: number; box?: Uint8Array } = {}): StatementId {
    const covers = Object.values(this.charter.epochs).flatMap((known) => {
      const last = [...known.full.flat(), ...known.tail].at(-1);
      return last ? [{ channel: last.channel, epoch: last.epoch }] : [];
    });
    const expires = this.#time + (options.hours ?? 72) * HOUR;
    return this.say("invite", { key: invite.id, role: "parent", expires, covers, box: options.box ?? new Uint8Array(0) }, by);
  }

  /** The person's phone joins by the open invitation. */
  join(person: Person, invite: TestInvite, level = 1): MemberId {
    const id = this.charter.invite?.id ?? this.charter.head;
    return this.say(
      "join",
      { invite: id, device: person.phone.keys, recovery: person.sheet.keys, level },
      person.phone,
      invite.key,
    ) as string as MemberId;
  }

  /** The member that a device of the person belongs to. */
  memberOf(person: Person): MemberId {
    const device = this.entries.find(
      ({ signed: { statement: s } }) => (s.type === "found" || s.type === "join") && s.device.sign === person.phone.id,
    );
    if (!device) throw new Error(`${person.name} is no member`);
    return device.signed.id as string as MemberId;
  }

  digest(): NonNullable<ReturnType<typeof safetyDigestOf>> {
    const digest = safetyDigestOf(this.charter);
    if (!digest) throw new Error("there are not two parents");
    return digest;
  }
}

/** A founding statement by the person's phone. */
export function foundStatement(
  founder: Person,
  options: { kind?: LogKind; level?: number; relay?: string; logKey: LogKeyId },
): SignedStatement {
  const fields = {
    nonce: toId<LogId>(founder.random(32)),
    kind: options.kind ?? "household",
    device: founder.phone.keys,
    recovery: founder.sheet.keys,
    relay: options.relay ?? RELAY,
    logKey: options.logKey,
    level: options.level ?? 1,
  } as const;
  return makeStatement({ type: "found", log: null, prev: null, by: founder.phone.id, checkpoint: null, ...fields }, [founder.phone.sign]);
}

/** A household of two confirmed parents, their phones, and first epochs that both can read on every channel. */
export function together(
  alice: Person = makePerson("alice"),
  bob: Person = makePerson("bob"),
  options: ConstructorParameters<typeof TestLog>[1] = {},
): { log: TestLog; alice: Person; bob: Person; invite: TestInvite } {
  const log = new TestLog(alice, options);
  const invite = makeInvite(alice.random);
  log.openEpochs(alice.phone);
  log.invite(alice.phone, invite);
  const join = log.join(bob, invite);
  log.openEpochs(bob.phone);
  log.say("confirm", { join: join as string as StatementId }, alice.phone);
  return { log, alice, bob, invite };
}

function orThrow(result: Result<Charter, CharterError>): Charter {
  if (!result.ok) throw new Error(`refused: ${result.error.code}`);
  return result.value;
}
