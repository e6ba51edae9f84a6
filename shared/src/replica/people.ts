import type { DeviceId, LogId, MemberId, Millis, StatementId } from "../base/ids.ts";
import { err, ok, type Result } from "../base/result.ts";
import { inviteKeyPair, openInviteBox, sealInviteBox } from "../charter/invite-box.ts";
import { inviteLink, parseInviteLink, type InviteLink } from "../charter/invite-link.ts";
import {
  comparedOf,
  deviceOf,
  devicesOf,
  everyone,
  inviteOf,
  isProvisional,
  levelAt,
  memberOf,
  memberOfRecoveryKey,
  otherParent,
  pendingRecover,
  stage,
} from "../charter/query.ts";
import {
  newSheetSeed,
  readSheetWords,
  recoveryKeys,
  sheetUnlockKey,
  type SheetPurpose,
  type SheetSeed,
} from "../charter/recovery-sheet.ts";
import { safetyDigestOf } from "../charter/safety-digest.ts";
import { compareKeyCard, keyCardOf, keyCardText, parseKeyCard } from "../charter/key-card.ts";
import { safetyWordsOf } from "../charter/safety-words.ts";
import { frameOn, makeStatement } from "../charter/sign.ts";
import type { Charter } from "../charter/state.ts";
import type { AttestMethod, InviteKeyId, LogKind, Position, Statement, StatementFrame } from "../charter/types.ts";
import type { EpochKey } from "../charter/epoch.ts";
import { toId } from "../base/bytes.ts";
import { CHANNELS } from "../base/channels.ts";
import { findLogs, foundLog, FORMAT_LEVEL } from "../sync/found.ts";
import { keys, type Identity } from "../sync/rows.ts";
import type { LogSession } from "../sync/session.ts";
import type { ActError } from "./answer.ts";
import type { CardAnswer, HouseholdView, InvitePreview, InviteView, KeyCardView, LapsedView, PersonView } from "./people-view.ts";
import { deviceNameOf, nameOf, type OpenLog, type ReplicaCore } from "./core.ts";
import { twinsOf } from "./own-devices.ts";
import { dialError, sayStatement, statementError, until } from "./waiting.ts";

const HOUR = 3_600_000;
const DEFAULT_HOURS = 7 * 24;
const NOBODY = "0".repeat(64) as MemberId;

type Fields<T extends Statement["type"]> = Omit<Extract<Statement, { type: T }>, keyof StatementFrame>;

/** Founding, inviting, joining, comparing, leaving: everything that goes into a charter. */
export class People {
  readonly #core: ReplicaCore;

  constructor(core: ReplicaCore) {
    this.#core = core;
  }

  // ------------------------------------------------------------------------------------------------------------- founding

  /** Founds the personal log, then makes the vault: a relay that cannot be reached leaves nothing behind. */
  async start(input: { relay: string; passphrase: string; name: string; zone: string }): Promise<Result<void, ActError>> {
    const seed = newSheetSeed(this.#core.deps.ports.random);
    const founded = await this.#found(input.relay, "personal", "personal", seed);
    if (!founded.ok) return founded;
    const vault = await this.#core.vault.create(input.passphrase, sheetUnlockKey(seed));
    if (!vault.ok) return vault;
    const sheet = await this.#core.saveSheet({ seed, relay: input.relay, confirmed: false, made: this.#core.deps.ports.clock.now() });
    if (!sheet.ok) return sheet;
    const opened = await this.#keep({ ...founded.value, zone: input.zone }, input.name, undefined);
    if (!opened.ok) return opened;
    this.#core.tell({ topic: "vault" });
    return ok(undefined);
  }

  async #found(relay: string, kind: LogKind, purpose: SheetPurpose, seed: SheetSeed): Promise<Result<Identity, ActError>> {
    const founded = await foundLog(this.#core.deps.ports, relay, kind, recoveryKeys(seed, purpose).keys);
    if (!founded.ok) return err(dialError(founded.error));
    const { log, relayName, signSeed, boxSecret } = founded.value;
    return ok(
      this.#identity({ log, kind, relayName, purpose, address: relay, member: log as string as MemberId, sign: signSeed, box: boxSecret }),
    );
  }

  #identity(of: Pick<Identity, "log" | "kind" | "relayName" | "purpose" | "address" | "member" | "sign" | "box">): Identity {
    return { v: 1, label: "", zone: this.#core.personal?.session.identity.zone ?? "UTC", viewReceipts: false, ...of };
  }

  async #keep(
    identity: Identity,
    name: string,
    guise: { readonly secret: Uint8Array } | "recovery" | undefined,
  ): Promise<Result<OpenLog, ActError>> {
    const saved = await this.#core.saveIdentity(identity);
    if (!saved.ok) return saved;
    if (guise !== undefined) {
      const kept = await this.#core.save(`guise/${identity.log}`, guise === "recovery" ? new Uint8Array() : guise.secret, () => undefined);
      if (!kept.ok) return kept;
    }
    const as =
      guise === "recovery" ? ({ as: "recovery" } as const) : guise && ({ as: "invite", keys: inviteKeyPair(guise.secret) } as const);
    const open = await this.#core.openLog(identity, as);
    const people = new Map(open.names.people);
    if (identity.member !== NOBODY && name !== "") people.set(identity.member, name);
    const named = await this.#core.saveNames(open, { ...open.names, people });
    return named.ok ? ok(open) : named;
  }

  // ------------------------------------------------------------------------------------------------------------- inviting

  async invite(input: { label?: string; hours?: number }): Promise<Result<InviteView, ActError>> {
    const core = this.#core;
    if (!core.sheet || !core.personal) return err({ code: "locked" });
    const clock = core.deps.ports.clock;
    let open = this.#households().find((l) => ["alone", "invited"].includes(this.#stage(l)));
    if (!open && this.#households().some((l) => this.#stage(l) !== "left" && this.#stage(l) !== "closed"))
      return err({ code: "already-joined" });
    if (!open) {
      const { address } = core.personal.session.identity;
      const founded = await this.#found(address, "household", `household/${this.#households().length}`, core.sheet.seed);
      if (!founded.ok) return founded;
      const me = core.personal.names.people.get(core.personal.session.identity.member) ?? "";
      const kept = await this.#keep(founded.value, me, undefined);
      if (!kept.ok) return kept;
      open = kept.value;
      if (input.label) await core.saveNames(open, { ...open.names, label: input.label });
    }
    const { session } = open;
    const ready = await until(
      session,
      clock,
      () => session.link.state.state === "live" && CHANNELS.every((c) => session.keyOf(c) !== undefined),
    );
    if (!ready.ok) return ready;
    const secret = core.deps.ports.random(32);
    const expires = session.now().time + (input.hours ?? DEFAULT_HOURS) * HOUR;
    const done = await sayStatement(session, () => {
      const covered = CHANNELS.flatMap((channel): EpochKey[] => {
        const current = session.keyOf(channel);
        return current ? [{ channel, ...current }] : [];
      });
      return {
        type: "invite",
        key: toId<InviteKeyId>(inviteKeyPair(secret).publicKey),
        role: "parent",
        expires,
        covers: covered.map(({ channel, epoch }) => ({ channel, epoch })),
        box: sealInviteBox(session.log, secret, covered, core.deps.ports.random),
      } satisfies Fields<"invite">;
    });
    if (!done.ok) return done.error.code === "not-allowed" ? err({ code: "invite-open" }) : done;
    const relay = session.identity.address;
    const link = inviteLink(core.deps.webOrigin(relay), { relay, log: session.log, invite: done.value, secret });
    const saved = await core.saveNames(open, { ...open.names, link });
    return saved.ok ? ok({ link, made: clock.now(), expires, state: "open" }) : saved;
  }

  async voidInvite(log: LogId): Promise<Result<void, ActError>> {
    return this.#act(log, (charter) => {
      const invite = charter.invite;
      return invite && ({ type: "void", invite: invite.id } satisfies Fields<"void">);
    });
  }

  previewInvite(text: string): Result<InvitePreview, ActError> {
    const link = readLink(text);
    return link.ok ? ok({ relay: link.value.relay }) : link;
  }

  // -------------------------------------------------------------------------------------------------------------- joining

  async join(input: { link: string; name: string; passphrase?: string; zone: string }): Promise<Result<LogId, ActError>> {
    const link = readLink(input.link);
    if (!link.ok) return link;
    const { relay, log, secret } = link.value;
    if (this.#core.logs.has(log)) return err({ code: "already-joined" });
    if (this.#core.vault.state === "locked") return err({ code: "locked" });
    // Whether the invitation still stands is asked before anything is made on this device.
    const looked = await findLogs(this.#core.deps.ports, relay, inviteKeyPair(secret), { as: "invite", log });
    if (!looked.ok)
      return err(["relay-refused", "not-member", "refused"].includes(looked.error.code) ? { code: "link-used" } : dialError(looked.error));
    if (this.#core.vault.state === "none") {
      if (input.passphrase === undefined) return err({ code: "no-vault" });
      const started = await this.start({ relay, passphrase: input.passphrase, name: input.name, zone: input.zone });
      if (!started.ok) return started;
    }
    const { random } = this.#core.deps.ports;
    const identity = this.#identity({
      log,
      kind: "household",
      relayName: looked.value.relayName,
      purpose: `household/${this.#households().length}`,
      address: relay,
      member: NOBODY,
      sign: random(32),
      box: random(32),
    });
    const kept = await this.#keep({ ...identity, zone: input.zone }, input.name, { secret });
    if (!kept.ok) return kept;
    const joined = await this.continueJoin(kept.value, secret, input.name);
    return joined.ok ? ok(log) : joined;
  }

  /** Goes on with a join, also after a restart in its middle. */
  async continueJoin(open: OpenLog, secret: Uint8Array, name: string): Promise<Result<void, ActError>> {
    const { session } = open;
    const sheet = this.#core.sheet;
    if (!sheet) return err({ code: "locked" });
    const clock = this.#core.deps.ports.clock;
    const live = await until(session, clock, () => session.link.state.state === "live" && session.charter !== undefined);
    if (!live.ok) return this.#abandonJoin(open, live.error.code === "relay-refused" ? { code: "link-used" } : live.error);
    const charter = session.charter;
    const invite = charter?.invite;
    if (!charter || !invite) return this.#abandonJoin(open, { code: "link-broken" });
    const covered = openInviteBox(charter, invite, secret);
    if (!covered.ok) return this.#abandonJoin(open, { code: "link-broken" });
    const added = await session.addKeys(covered.value);
    if (!added.ok) return err({ code: "storage-full" });
    const recovery = recoveryKeys(sheet.seed, session.identity.purpose as SheetPurpose);
    const oneTime = inviteKeyPair(secret);
    let member: MemberId | undefined = session.isDevice() ? devicesOwner(charter, session.device) : undefined;
    if (member === undefined) {
      const done = await session.statements.request<ActError>((now, at, checkpoint) => {
        if (now.invite?.state !== "open") return err({ code: "link-used" });
        if (at.time >= now.invite.expires) return err({ code: "link-expired" });
        const signed = makeStatement(
          {
            ...frameOn(now, session.device, checkpoint),
            type: "join",
            invite: now.invite.id,
            device: session.deviceKeys,
            recovery: recovery.keys,
            level: FORMAT_LEVEL,
          },
          [session.signKeys, oneTime],
        );
        return ok({ signed, secret: session.signKeys.secretKey });
      }, session);
      if (!done.ok) return this.#abandonJoin(open, statementError(done.error));
      member = done.value.id as string as MemberId;
    }
    return this.#settleMember(open, member, name);
  }

  /** The link did not work: nothing of it stays on this device. */
  async #abandonJoin(open: OpenLog, error: ActError): Promise<Result<never, ActError>> {
    if (error.code === "link-used" || error.code === "link-expired" || error.code === "link-broken") {
      const { log } = open.session;
      await this.#core.closeLog(log);
      await this.#core.rows?.commit([
        { table: "secret", key: keys.identity(log), value: null },
        { table: "secret", key: `guise/${log}`, value: null },
        { table: "secret", key: `names/${log}`, value: null },
      ]);
      this.#core.tell({ topic: "households" });
    }
    return err(error);
  }

  /** The member is known now: the log is opened again as it. */
  async #settleMember(open: OpenLog, member: MemberId, name: string, stillGuised = false): Promise<Result<void, ActError>> {
    const { identity, log } = open.session;
    await this.#core.closeLog(log);
    if (!stillGuised) await this.#core.rows?.commit([{ table: "secret", key: `guise/${log}`, value: null }]);
    const kept = await this.#keep({ ...identity, member }, name, stillGuised ? "recovery" : undefined);
    return kept.ok ? ok(undefined) : kept;
  }

  async confirmJoin(log: LogId): Promise<Result<void, ActError>> {
    return this.#act(log, (charter) => {
      const joined = charter.invite?.joined;
      return joined && ({ type: "confirm", join: joined as string as StatementId } satisfies Fields<"confirm">);
    });
  }

  safetyWords(log: LogId): Result<readonly string[], ActError> {
    const open = this.#core.log(log);
    if (!open.ok) return open;
    const words = open.value.session.charter && safetyWordsOf(open.value.session.charter);
    return words ? ok(words) : err({ code: "not-joined" });
  }

  keyCards(log: LogId): Result<readonly KeyCardView[], ActError> {
    const both = this.#parents(log);
    if (!both.ok) return both;
    const { charter, me, other } = both.value;
    return ok(
      [me, other].flatMap((member) => {
        const card = keyCardOf(charter, member);
        return card ? [{ member, text: keyCardText(card), devices: card.devices.length }] : [];
      }),
    );
  }

  checkKeyCard(log: LogId, text: string): Result<CardAnswer, ActError> {
    const both = this.#parents(log);
    if (!both.ok) return both;
    const card = parseKeyCard(text);
    return ok(card.ok ? compareKeyCard(both.value.charter, both.value.other, card.value) : card.error.code);
  }

  #parents(log: LogId): Result<{ readonly charter: Charter; readonly me: MemberId; readonly other: MemberId }, ActError> {
    const open = this.#core.log(log);
    if (!open.ok) return open;
    const { charter, identity } = open.value.session;
    const other = charter && otherParent(charter, identity.member, open.value.session.now());
    return charter && other ? ok({ charter, me: identity.member, other: other.id }) : err({ code: "not-joined" });
  }

  async attest(log: LogId, method: AttestMethod): Promise<Result<void, ActError>> {
    const me = this.#core.logs.get(log)?.session.identity.member;
    return this.#act(log, (charter, at) => {
      const other = me && otherParent(charter, me, at);
      const digest = safetyDigestOf(charter);
      return other && digest ? ({ type: "attest", member: other.id, method, digest } satisfies Fields<"attest">) : undefined;
    });
  }

  /** From every log in which it is known to be the same device: what is removed must not read on anywhere. */
  async revokeDevice(log: LogId, device: DeviceId): Promise<Result<void, ActError>> {
    const twins = twinsOf(this.#core, log, device);
    const first = await this.revokeOne(log, device);
    if (!first.ok) return first;
    for (const twin of twins) {
      const session = this.#core.logs.get(twin.log)?.session;
      if (session?.charter && deviceOf(session.charter, twin.device)?.revoked) continue;
      const done = await this.revokeOne(twin.log, twin.device);
      if (!done.ok) return done;
    }
    return ok(undefined);
  }

  async revokeOne(log: LogId, device: DeviceId): Promise<Result<void, ActError>> {
    return this.#act(log, () => ({ type: "revoke", device }) satisfies Fields<"revoke">);
  }

  async leave(log: LogId): Promise<Result<void, ActError>> {
    return this.#act(log, () => ({ type: "leave" }) satisfies Fields<"leave">);
  }

  // ------------------------------------------------------------------------------------------------------------ restoring

  /** On an empty device: the sheet's keys find every log, open it, and bring this device in (rule C9). */
  async restore(input: { relay: string; words: readonly string[]; passphrase: string; name: string }): Promise<Result<void, ActError>> {
    const seed = readSheetWords(input.words);
    if (!seed.ok) return err({ code: "sheet-broken" });
    if (this.#core.vault.state !== "none") return err({ code: "vault-exists" });
    const found: { readonly log: LogId; readonly purpose: SheetPurpose; readonly relayName: string }[] = [];
    for (let n = -1; ; n++) {
      const purpose: SheetPurpose = n < 0 ? "personal" : `household/${n}`;
      const logs = await findLogs(this.#core.deps.ports, input.relay, recoveryKeys(seed.value, purpose).sign);
      if (!logs.ok && !["refused", "relay-refused", "not-member"].includes(logs.error.code)) return err(dialError(logs.error));
      const list = logs.ok ? logs.value.logs : [];
      if (list.length === 0) break;
      for (const log of list) found.push({ log, purpose, relayName: logs.ok ? logs.value.relayName : "" });
    }
    if (found.length === 0) return err({ code: "sheet-unknown" });
    const vault = await this.#core.vault.create(input.passphrase, sheetUnlockKey(seed.value));
    if (!vault.ok) return vault;
    const sheet = await this.#core.saveSheet({
      seed: seed.value,
      relay: input.relay,
      confirmed: true,
      made: this.#core.deps.ports.clock.now(),
    });
    if (!sheet.ok) return sheet;
    let waitsUntil: Millis | undefined;
    for (const { log, purpose, relayName } of found) {
      const { random } = this.#core.deps.ports;
      const kind: LogKind = purpose === "personal" ? "personal" : "household";
      const identity = this.#identity({
        log,
        kind,
        relayName,
        purpose,
        address: input.relay,
        member: NOBODY,
        sign: random(32),
        box: random(32),
      });
      const kept = await this.#keep(identity, input.name, "recovery");
      if (!kept.ok) return kept;
      const done = await this.#recover(kept.value, input.name);
      if (!done.ok) return done;
      if (done.value !== undefined) waitsUntil = Math.max(waitsUntil ?? 0, done.value);
    }
    this.#core.tell({ topic: "vault" });
    return waitsUntil === undefined ? ok(undefined) : err({ code: "recovery-waiting", until: waitsUntil });
  }

  /** Undefined: this device is in. Else it waits until then, and reads with the sheet's key meanwhile. */
  async #recover(open: OpenLog, name: string): Promise<Result<Millis | undefined, ActError>> {
    const { session } = open;
    const sheet = this.#core.sheet;
    if (!sheet) return err({ code: "locked" });
    const live = await until(
      session,
      this.#core.deps.ports.clock,
      () => session.link.state.state === "live" && session.charter !== undefined,
      600_000,
    );
    if (!live.ok) return live;
    const recovery = recoveryKeys(sheet.seed, session.identity.purpose as SheetPurpose);
    const member = session.charter && memberOfRecoveryKey(session.charter, recovery.keys.sign);
    if (!member) return err({ code: "sheet-unknown" });
    const done = await session.statements.request<ActError>((charter, _at, checkpoint) => {
      const lost = devicesOf(charter, member).filter((d) => d.revoked === undefined && d.id !== session.device);
      const signed = makeStatement(
        {
          ...frameOn(charter, session.device, checkpoint),
          type: "recover",
          device: session.deviceKeys,
          level: FORMAT_LEVEL,
          revokes: lost.map((d) => d.id),
        },
        [session.signKeys, recovery.sign],
      );
      return ok({ signed, secret: session.signKeys.secretKey });
    }, session);
    if (!done.ok) return err(statementError(done.error));
    const waits = this.#waitsUntil(session, member);
    const settled = await this.#settleMember(open, member, name, waits !== undefined);
    return settled.ok ? ok(waits) : settled;
  }

  // ---------------------------------------------------------------------------------------------------------------- views

  households(): readonly HouseholdView[] {
    return [...this.#core.logs.values()]
      .map((l) => this.#view(l))
      .sort((a, b) => (a.kind === b.kind ? 0 : a.kind === "household" ? -1 : 1));
  }

  #view(open: OpenLog): HouseholdView {
    const { session, names } = open;
    const { identity, charter } = session;
    const base = {
      log: session.log,
      kind: identity.kind,
      label: names.label,
      relay: identity.address,
      zone: identity.zone,
      me: identity.member,
    };
    if (!charter) return { ...base, people: [], stage: "alone", level: 0, needsUpdate: false };
    const at = session.now();
    const writesFrom = this.#waitsUntil(session, identity.member);
    const level = levelAt(charter, at);
    const invite = inviteOf(charter, at);
    return {
      ...base,
      people: everyone(charter)
        .filter((m) => m.ended === undefined)
        .map((m, i) => this.#person(open, charter, m.id, i === 0 ? 1 : 2, at)),
      stage: stage(charter, identity.member, at),
      level,
      needsUpdate: level > FORMAT_LEVEL,
      ...(session.isRemoved ? { removed: true } : {}),
      ...moveOf(this.#core, open),
      ...againOf(open),
      ...(writesFrom === undefined ? {} : { writesFrom }),
      ...(invite && names.link !== null && invite.invite.by === identity.member
        ? { invite: { link: names.link, made: invite.invite.made.time, expires: invite.invite.expires, state: invite.state } }
        : {}),
    };
  }

  /** When this device, which the sheet brought in, may write; undefined where it does not wait (rule C9). */
  #waitsUntil(session: LogSession, member: MemberId): Millis | undefined {
    const { charter } = session;
    if (!charter || session.isDevice()) return undefined;
    return pendingRecover(charter, member, session.now()).find((p) => p.device?.keys.sign === session.device)?.standsAt;
  }

  #person(open: OpenLog, charter: Charter, member: MemberId, colour: 1 | 2, at: Position): PersonView {
    const { session, names } = open;
    const compared = comparedOf(charter, member, at);
    const isMine = member === session.identity.member;
    const own = isMine ? deviceOf(charter, session.device)?.linked.seq : undefined;
    return {
      member,
      name: nameOf(names, member, session.identity.member),
      me: member === session.identity.member,
      role: "parent",
      colour,
      provisional: isProvisional(charter, member, at),
      ...(compared ? { compared: { method: compared.method, at: compared.since.time, by: compared.by } } : {}),
      devices: devicesOf(charter, member).map((d) => ({
        device: d.id,
        name: deviceNameOf(names, d.id),
        me: d.id === session.device,
        linked: d.linked.time,
        ...(d.revoked ? { revoked: d.revoked.time } : {}),
        ...(isMine ? { twins: twinsOf(this.#core, session.log, d.id).map((twin) => twin.device) } : {}),
        ...(own !== undefined && d.linked.seq > own ? { later: true } : {}),
      })),
    };
  }

  // --------------------------------------------------------------------------------------------------------------- inside

  #households(): OpenLog[] {
    return [...this.#core.logs.values()].filter((l) => l.session.identity.kind === "household");
  }

  #stage(open: OpenLog): HouseholdView["stage"] {
    const { session } = open;
    return session.charter ? stage(session.charter, session.identity.member, session.now()) : "alone";
  }

  /** One statement by this device on a log; `undefined` fields mean that it makes no sense now. */
  async #act(log: LogId, fields: (charter: Charter, at: Position) => object | undefined): Promise<Result<void, ActError>> {
    const open = this.#core.log(log);
    if (!open.ok) return open;
    const { session } = open.value;
    const live = await until(session, this.#core.deps.ports.clock, () => session.link.state.state === "live");
    if (!live.ok) return live;
    const done = await sayStatement(session, fields);
    return done.ok ? ok(undefined) : done;
  }
}

function moveOf(core: ReplicaCore, open: OpenLog): Pick<HouseholdView, "move"> {
  const move = core.moveOf(open);
  return move ? { move } : {};
}

function devicesOwner(charter: Charter, device: DeviceId): MemberId | undefined {
  return everyone(charter).find((m) => devicesOf(charter, m.id).some((d) => d.id === device))?.id;
}

function readLink(text: string): Result<InviteLink, ActError> {
  const link = parseInviteLink(text);
  if (link.ok) return link;
  return err({ code: link.error.code === "link-other-version" ? "link-other-version" : "link-broken" });
}

/** What this device had of a history that was given up, and what of it is not in the log again. */
function againOf({ session }: OpenLog): Pick<HouseholdView, "again"> {
  const { left, charter } = session;
  if (!left) return {};
  const lapsed = left.lapsed.map(({ statement, time }): LapsedView => {
    const device = statement.by as string as DeviceId;
    const member = charter && memberOf(charter, device);
    return { what: statement.type, at: time, device, ...(member ? { member } : {}) };
  });
  return { again: { waiting: left.waiting.length, of: left.meta.of, lapsed } };
}
