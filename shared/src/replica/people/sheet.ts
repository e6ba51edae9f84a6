import { idBytes } from "../../base/bytes.ts";
import type { LogId, Millis } from "../../base/ids.ts";
import { err, ok, type Result } from "../../base/result.ts";
import { parseSigned } from "../../charter/codec.ts";
import { openWrap } from "../../charter/epoch.ts";
import { deviceOf, hasEnded, memberById, recoveryKeyOf } from "../../charter/query.ts";
import { newSheetSeed, recoveryKeys, SEED_BYTES, type SheetPurpose, type SheetSeed } from "../../charter/recovery-sheet.ts";
import type { RecipientId, RecoveryKeys, SealedSeed, Statement } from "../../charter/types.ts";
import { boxKeyPair, boxOpen, boxSealUnder, type BoxKeyPair } from "../../crypto/box.ts";
import type { AddedKey } from "../../sync/receiver.ts";
import { keyName } from "../../sync/log-state.ts";
import { keys, statementRowCodec } from "../../sync/rows.ts";
import type { LogSession } from "../../sync/session.ts";
import { prefix } from "../../vault/row-store.ts";
import type { ActError } from "../answer.ts";
import type { OpenLog, ReplicaCore } from "../core.ts";
import { isSenior } from "../moves/standing.ts";
import { sayTogether } from "../statements.ts";
import { untilLive } from "../waiting.ts";
import { actErrorOf } from "../vault-holder.ts";
import { householdsOf } from "./identity.ts";

/** The recovery sheet of this person, one thing at a time. */
export class Sheets {
  readonly #core: ReplicaCore;
  #last: Promise<unknown> = Promise.resolve();
  /** Settling is asked for and has not begun. */
  #isAsked = false;

  constructor(core: ReplicaCore) {
    this.#core = core;
  }

  /** Makes a new one in place of the one that there is. */
  replace(): Promise<Result<void, ActError>> {
    return this.#next(() => replaceSheet(this.#core));
  }

  /** Takes over what was made before, here or on another device. What does not come about now is tried again when a log goes on. */
  settle(): void {
    if (this.#isAsked) return;
    this.#isAsked = true;
    void this.#next(() => {
      this.#isAsked = false;
      return settleSheet(this.#core);
    });
  }

  #next(work: () => Promise<Result<void, ActError>>): Promise<Result<void, ActError>> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => undefined);
    return done;
  }
}

/**
 * Makes a new recovery sheet in place of the one that there is (rule C9a). Its seed travels in the very statement that puts it in force, sealed to the
 * devices of this person, and the seed before it sealed to the new sheet: whenever this is cut off, the old sheet still gives back everything, or the new
 * one does, and every device knows which. The personal log comes first, since a sheet begins there.
 */
async function replaceSheet(core: ReplicaCore): Promise<Result<void, ActError>> {
  const { personal, sheet } = core;
  if (!personal || !sheet) return err({ code: "locked" });
  const { session } = personal;
  const { clock, random } = core.deps.ports;
  const live = await untilLive(session, clock);
  if (!live.ok) return live;
  if (!isSenior(session)) return err({ code: "senior-only" });
  const seed = newSheetSeed(random);
  const next = recoveryKeys(seed, "personal");
  const said = await sayTogether(session, next.sign, (charter) => {
    const sealed = (d: RecipientId, box: RecoveryKeys["box"], of: SheetSeed): SealedSeed => ({
      d,
      x: boxSealUnder(idBytes(box), of, random(32)),
    });
    const devices = memberById(charter, session.identity.member)?.active ?? [];
    const seeds = devices.flatMap((id) => {
      const device = deviceOf(charter, id);
      return device ? [sealed(id, device.keys.box, seed)] : [];
    });
    return ok({ type: "set-recovery", recovery: next.keys, seeds: [...seeds, sealed(next.keys.sign, next.keys.box, sheet.seed)] });
  });
  return said.ok ? settleSheet(core) : said;
}

/**
 * Brings this device, and each household that its senior device speaks in, to the sheet that is in force in the personal log: after a sheet was made, here
 * or on another device, and where a crash or a lost network left a household with the sheet before.
 */
async function settleSheet(core: ReplicaCore): Promise<Result<void, ActError>> {
  const { personal } = core;
  if (!personal || !core.sheet) return ok(undefined);
  const newer = await newerSheet(core, personal);
  if (newer) {
    const relay = personal.session.identity.address;
    const kept = await core.replaceSheet({ ...newer, relay, confirmed: false });
    if (!kept.ok) return kept;
    core.tell({ topic: "vault" });
  }
  if (!isSheetInForce(core)) return ok(undefined);
  for (const open of householdsOf(core)) {
    const done = await settleHousehold(core, open);
    if (!done.ok) return done;
  }
  return ok(undefined);
}

/** Whether the sheet of this device is the one in force, as far as the personal log is here: another would be shown, and give nothing back. */
export function isSheetInForce({ personal, sheet }: ReplicaCore): boolean {
  const inForce = personal && keysInForce(personal.session);
  return inForce === undefined || sheet === undefined || inForce.sign === recoveryKeys(sheet.seed, "personal").keys.sign;
}

/** The recovery keys by which a log knows this person. */
function keysInForce(session: LogSession): RecoveryKeys | undefined {
  return session.charter && recoveryKeyOf(session.charter, session.identity.member, session.now());
}

async function settleHousehold(core: ReplicaCore, { session }: OpenLog): Promise<Result<void, ActError>> {
  const { charter, identity } = session;
  if (!charter || !core.sheet || hasEnded(charter, identity.member) || !isSenior(session)) return ok(undefined);
  const next = recoveryKeys(core.sheet.seed, identity.purpose as SheetPurpose);
  if (keysInForce(session)?.sign === next.keys.sign) return ok(undefined);
  const live = await untilLive(session, core.deps.ports.clock);
  if (!live.ok) return live;
  if (keysInForce(session)?.sign === next.keys.sign) return ok(undefined);
  const said = await sayTogether(session, next.sign, () => ok({ type: "set-recovery", recovery: next.keys }));
  return said.ok ? ok(undefined) : said;
}

interface TakenSheet {
  readonly seed: SheetSeed;
  readonly made: Millis;
}

/** The sheet in force, where it is not the one of this device and was sealed to it. */
async function newerSheet(core: ReplicaCore, { session }: OpenLog): Promise<TakenSheet | undefined> {
  const inForce = keysInForce(session);
  if (!inForce || isSheetInForce(core)) return undefined;
  for (const { statement, time } of await statementsOf(core, session)) {
    if (statement.type !== "set-recovery" || statement.recovery.sign !== inForce.sign) continue;
    const seed = openSeed(statement.seeds, session.device, boxKeyPair(session.identity.box));
    if (seed && recoveryKeys(seed, "personal").keys.sign === inForce.sign) return { seed, made: time };
  }
  return undefined;
}

/** Seeds of the sheets before this one, the latest first, as each names the one before it to itself. */
async function seedsBefore(core: ReplicaCore, { session }: OpenLog, seed: SheetSeed): Promise<readonly SheetSeed[]> {
  const found: SheetSeed[] = [];
  const statements = await statementsOf(core, session);
  let sheet = recoveryKeys(seed, "personal");
  for (const { statement } of statements.toReversed()) {
    if (statement.type !== "set-recovery" || statement.recovery.sign !== sheet.keys.sign) continue;
    const before = openSeed(statement.seeds, sheet.keys.sign, sheet.box);
    if (!before) break;
    found.push(before);
    sheet = recoveryKeys(before, "personal");
  }
  return found;
}

/** What a device that a sheet brought into a log learns of the sheets before that one, and opens with them. */
export async function learnEarlier(core: ReplicaCore, log: LogId): Promise<Result<void, ActError>> {
  const open = core.log(log);
  if (!open.ok) return open;
  if (open.value === core.personal && core.sheet) {
    const before = await seedsBefore(core, open.value, core.sheet.seed);
    const kept = before.length === 0 ? ok(undefined) : await core.saveEarlierSeeds(before);
    if (!kept.ok) return kept;
  }
  return openEarlier(core, open.value);
}

/** Keys of epochs that were wrapped to sheets before the present one, for a device that it brought in: what they seal is opened now. */
export async function openEarlier(core: ReplicaCore, { session }: OpenLog): Promise<Result<void, ActError>> {
  const sheets = core.earlierSeeds.map((seed) => recoveryKeys(seed, session.identity.purpose as SheetPurpose));
  if (sheets.length === 0) return ok(undefined);
  const added: AddedKey[] = [];
  for (const { statement } of await statementsOf(core, session)) {
    if (statement.type !== "open-epoch") continue;
    for (const epoch of statement.epochs) {
      if (session.state.keys.has(keyName(epoch.channel, epoch.epoch))) continue;
      const key = sheets.map((s) => openWrap(session.log, epoch, s.keys.sign, s.box)).find((k) => k.ok);
      if (key) added.push({ channel: epoch.channel, epoch: epoch.epoch, key: key.value });
    }
  }
  const done = await session.addKeys(added);
  return done.ok ? ok(undefined) : err(actErrorOf(done.error.code));
}

function openSeed(seeds: readonly SealedSeed[] | undefined, recipient: RecipientId, pair: BoxKeyPair): SheetSeed | undefined {
  const sealed = seeds?.find((s) => s.d === recipient);
  const seed = sealed && boxOpen(pair, sealed.x);
  return seed?.length === SEED_BYTES ? (seed as SheetSeed) : undefined;
}

/** The statements of a log as this device keeps them, in their order. */
async function statementsOf(
  core: ReplicaCore,
  { log }: LogSession,
): Promise<readonly { readonly statement: Statement; readonly time: Millis }[]> {
  const rows = (await core.rows?.scan("statement", prefix(keys.statements(log)))) ?? [];
  return rows.flatMap(({ value }) => {
    const stored = statementRowCodec.decode(value);
    const signed = stored.ok ? parseSigned(stored.value.bytes) : undefined;
    return stored.ok && signed?.ok ? [{ statement: signed.value.statement, time: stored.value.time }] : [];
  });
}
