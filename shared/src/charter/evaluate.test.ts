import { beforeAll, describe, expect, test } from "vitest";
import { idBytes } from "../base/bytes.ts";
import type { Hex32, LogId } from "../base/ids.ts";
import { encode } from "../cbor/cbor.ts";
import { initCrypto } from "../crypto/init.ts";
import { sign } from "../crypto/sign.ts";
import { foundStatement, HOUR, makeDevice, makePerson, START, TestLog, together } from "../../test/people.ts";
import { encodeBody, parseSigned } from "./codec.ts";
import { extendCharter, foundCharter } from "./evaluate.ts";
import { CHARTER_LIMITS, DAY } from "./limits.ts";
import { deviceAt, parentsOf } from "./query.ts";
import { makeStatement } from "./sign.ts";
import type { DeviceKeys, LogKeyId, SignedStatement, Statement, StatementOf } from "./types.ts";

beforeAll(initCrypto);

const root = "ab".repeat(32) as Hex32;

describe("founding", () => {
  const founding = () => {
    const alice = makePerson("alice");
    const log = new TestLog(alice);
    const signed = log.entries[0]?.signed;
    if (signed?.statement.type !== "found") throw new Error("no founding statement");
    return { alice, signed, statement: signed.statement };
  };
  const verdict = (signed: SignedStatement, at = { seq: 0, time: START }): string => {
    const parsed = parseSigned(signed.bytes);
    const judged = parsed.ok ? foundCharter(parsed.value, at) : parsed;
    return judged.ok ? "ok" : judged.error.code;
  };
  const changed = (change: Partial<StatementOf<"found">>) => {
    const { alice, statement } = founding();
    return verdict(makeStatement({ ...statement, ...change }, [alice.phone.sign]));
  };

  test("[C10] a charter starts with found, at the first entry, and only there", () => {
    const { alice, signed } = founding();
    expect(verdict(signed)).toBe("ok");
    expect(verdict(signed, { seq: 1, time: START })).toBe("charter-position");
    expect(verdict(signed, { seq: 0, time: -1 })).toBe("charter-position");
    expect(verdict(signed, { seq: 0, time: 0.5 })).toBe("charter-position");
    const log = new TestLog(alice);
    expect(verdict(log.make("level", { level: 1 }, [alice.phone]))).toBe("charter-not-found");
    expect(log.verdict(signed)).toBe("charter-found-again");
  });

  test("[C1] the log's id and the founder's member id are the statement's id", () => {
    const { signed } = founding();
    const charter = foundCharter(signed, { seq: 0, time: START });
    if (!charter.ok) throw new Error("refused");
    expect([charter.value.log, charter.value.head]).toEqual([signed.id, signed.id]);
    expect(parentsOf(charter.value, { seq: 1, time: START }).map((m) => m.id)).toEqual([signed.id]);
    expect(parentsOf(charter.value, { seq: 0, time: START })).toEqual([]);
  });

  test("[C10] it names no log, nothing before it and no checkpoint", () => {
    expect(changed({ log: root as string as LogId })).toBe("charter-wrong-log");
    expect(changed({ prev: root as never })).toBe("charter-head");
    expect(changed({ checkpoint: { size: 0, root, time: 0 } })).toBe("charter-checkpoint");
  });

  test("[K1] its keys are sound and all different", () => {
    const { statement } = founding();
    const { device, recovery } = statement;
    expect(changed({ logKey: device.sign as string as LogKeyId })).toBe("charter-key-used");
    expect(changed({ recovery: { ...recovery, box: device.box } })).toBe("charter-key-used");
    expect(changed({ logKey: "00".repeat(32) as LogKeyId })).toBe("charter-key-weak");
    expect(changed({ device: { ...device, box: "00".repeat(32) as DeviceKeys["box"] } })).toBe("charter-key-weak");
    expect(changed({ by: makePerson("eve").phone.id })).toBe("charter-signers");
    expect(changed({ relay: "" })).toBe("charter-relay-name");
    expect(changed({ relay: "two words" })).toBe("charter-relay-name");
  });

  test("[E7] a founding statement that another key signed is refused", () => {
    const { statement } = founding();
    const eve = makePerson("eve");
    expect(verdict(makeStatement(statement, [eve.phone.sign]))).toBe("charter-signers");
    const body = encodeBody(statement);
    const s = [{ k: idBytes(statement.by), s: sign("statement", body, eve.phone.sign.secretKey) }];
    expect(verdict({ bytes: encode({ b: body, s }) } as SignedStatement)).toBe("charter-signature");
  });
});

describe("the chain", () => {
  test("[C10] a statement of another household is refused here", () => {
    const { log, alice } = together();
    const other = new TestLog(alice);
    const theirs = other.make("level", { level: 2 }, [alice.phone]);
    expect(other.verdict(theirs)).toBe("ok");
    expect(log.verdict(theirs)).toBe("charter-wrong-log");
    expect(log.verdict(other.make("level", { level: 2 }, [alice.phone], { log: log.log }))).toBe("charter-head");
    const nowhere = { ...log.make("level", { level: 2 }, [alice.phone]).statement, log: null } as Statement;
    expect(log.verdict(makeStatement(nowhere, [alice.phone.sign]))).toBe("charter-wrong-log");
  });

  test("[W2] a statement stands on the head only: a replay and a sibling are refused", () => {
    const { log, alice, bob } = together();
    const hers = log.make("level", { level: 2 }, [alice.phone]);
    const his = log.make("level", { level: 2 }, [bob.phone]);
    log.push(hers);
    expect(log.verdict(hers)).toBe("charter-head");
    expect(log.verdict(his)).toBe("charter-head");
    const orphan = { ...his.statement, prev: null } as Statement;
    expect(log.verdict(makeStatement(orphan, [bob.phone.sign]))).toBe("charter-head");
  });

  test("[L0a] sequence numbers rise and relay time never falls", () => {
    const { log, alice } = together();
    const signed = log.make("level", { level: 2 }, [alice.phone]);
    const { seq, time } = log.charter.at;
    const judge = (at: { seq: number; time: number }) => {
      const judged = log.judge(signed, at);
      return judged.ok ? "ok" : judged.error.code;
    };
    expect(judge({ seq: seq + 1, time })).toBe("ok");
    expect(judge({ seq: seq + 1000, time: time + 1e9 })).toBe("ok");
    expect(judge({ seq, time })).toBe("charter-position");
    expect(judge({ seq: seq + 1, time: time - 1 })).toBe("charter-position");
    expect(judge({ seq: Number.NaN, time })).toBe("charter-position");
    expect(judge({ seq: seq + 1, time: Number.POSITIVE_INFINITY })).toBe("charter-position");
    expect(judge({ seq: seq + 0.5, time })).toBe("charter-position");
  });

  test("[C10] nobody verified a checkpoint of entries that were not there; an older one than before is lawful", () => {
    const { log, alice, bob } = together();
    const { seq } = log.next;
    const make = (size: number, who = alice) => log.make("level", { level: 2 }, [who.phone], { cp: { size, root, time: 0 } });
    expect(log.verdict(make(seq + 1))).toBe("charter-checkpoint");
    log.push(make(seq));
    expect(log.verdict(make(1, bob))).toBe("ok");
    expect(log.verdict(make(1))).toBe("ok");
  });

  test("[E7] every signature must hold, over the bytes that arrived", () => {
    const { log, alice } = together();
    const good = log.make("link", { device: alice.laptop.keys, level: 1 }, [alice.phone, alice.laptop]);
    expect(log.verdict(good)).toBe("ok");
    const forged = (index: number): string => {
      const s = good.signatures.map(({ key, signature }, i) => {
        const bytes = Uint8Array.from(signature);
        if (i === index) bytes[5] = (bytes[5] ?? 0) ^ 1;
        return { k: idBytes(key), s: bytes };
      });
      return log.verdict({ ...good, bytes: encode({ b: good.body, s }) });
    };
    expect([forged(0), forged(1)]).toEqual(["charter-signature", "charter-signature"]);
    const extra = [alice.phone, alice.laptop].map((d) => ({ k: idBytes(d.id), s: sign("statement", good.body, d.sign.secretKey) }));
    expect(log.verdict({ ...good, bytes: encode({ b: good.body, s: extra.toReversed() }) })).toBe("charter-signers");
    const level = log.make("level", { level: 2 }, [alice.phone]);
    expect(log.verdict(log.make("level", { level: 2 }, [alice.phone, alice.laptop]))).toBe("charter-signers");
    // A signature for another purpose is none.
    const s = [{ k: idBytes(alice.phone.id), s: sign("entry", level.body, alice.phone.sign.secretKey) }];
    expect(log.verdict({ ...level, bytes: encode({ b: level.body, s }) })).toBe("charter-signature");
  });

  test("[K1] signatures that hold under a key of small order let nobody in", () => {
    const { log } = together();
    // Under the neutral element, R = neutral and S = 0 is accepted for any message by verifiers that do not look.
    const weak = `01${"00".repeat(31)}` as Hex32;
    const neutral = new Uint8Array(64);
    neutral[0] = 1;
    const statement = { ...log.make("level", { level: 1 }, [], { by: weak as never }).statement, by: weak } as Statement;
    const body = encodeBody(statement);
    expect(log.verdict({ bytes: encode({ b: body, s: [{ k: idBytes(weak), s: neutral }] }) } as SignedStatement)).toBe(
      "charter-not-device",
    );
  });

  test("[C10] a refused statement changes nothing, and the old value stays when a new one is made", () => {
    const { log, alice, bob } = together();
    const before = log.charter;
    const copy = structuredClone(before);
    expect(log.verdict(log.make("revoke", { device: bob.phone.id }, [alice.phone]))).toBe("charter-other-member");
    log.say("link", { device: alice.laptop.keys, level: 1 }, alice.phone, alice.laptop);
    log.openEpochs(alice.phone);
    log.say("leave", {}, bob.phone);
    expect(before).toEqual(copy);
    expect(deviceAt(before, alice.laptop.id, log.next)).toBeUndefined();
  });

  test("[C6] two branches from one value do not disturb each other", () => {
    const { log, alice, bob } = together();
    const at = log.next;
    const one = extendCharter(log.charter, log.make("leave", {}, [bob.phone]), at);
    const two = extendCharter(log.charter, log.make("link", { device: alice.laptop.keys, level: 1 }, [alice.phone, alice.laptop]), at);
    const again = extendCharter(log.charter, log.make("leave", {}, [bob.phone]), at);
    expect(one.ok && two.ok && again.ok).toBe(true);
    expect(again).toEqual(one);
    expect(two).not.toEqual(one);
  });
});

describe("limits", () => {
  test("[L10] a member's statements of a day are limited, the other member's are not touched, and the next day is free", () => {
    const { log, alice, bob } = together(undefined, undefined, { time: START });
    log.say("link", { device: bob.laptop.keys, level: 1 }, bob.phone, bob.laptop);
    for (let i = log.charter.count; i < CHARTER_LIMITS.perDay * 2; i++) {
      if (log.verdict(log.make("level", { level: 1 }, [bob.laptop])) !== "ok") break;
      log.say("level", { level: 1 }, bob.laptop);
    }
    // join, epochs, link and 253 times level.
    expect(log.entries.filter((e) => e.signed.statement.by === bob.laptop.id)).toHaveLength(CHARTER_LIMITS.perDay - 3);
    expect(log.verdict(log.make("level", { level: 1 }, [bob.phone]))).toBe("charter-rate");
    expect(log.verdict(log.make("level", { level: 1 }, [alice.phone]))).toBe("ok");
    // The thief of the laptop cannot use up what protects bob from them.
    const fresh = makeDevice(bob.random);
    const recover = log.say("recover", { device: fresh.keys, level: 1, revokes: [] }, fresh, bob.sheet);
    log.say("refuse", { recover }, bob.phone);
    log.say("revoke", { device: bob.laptop.id }, bob.phone);
    expect(log.verdict(log.make("leave", {}, [bob.phone]))).toBe("ok");
    log.wait(DAY);
    expect(log.verdict(log.make("level", { level: 1 }, [bob.phone]))).toBe("ok");
  });

  test("[C10] a chain of 2,000 statements is evaluated statement by statement, and shares what did not change", () => {
    const { log, alice } = together();
    const untouched = log.charter.devices;
    for (let i = 0; i < 2000; i++) {
      log.wait(HOUR);
      const before = log.charter;
      log.say("attest", { member: log.charter.parents[1] as never, method: "words", digest: log.digest() }, alice.phone);
      expect(
        log.charter.attestations.full.slice(0, before.attestations.full.length).every((c, j) => c === before.attestations.full[j]),
      ).toBe(true);
    }
    expect(log.charter.count).toBe(2006);
    expect(log.charter.devices).toBe(untouched);
    expect(foundStatement(alice, { logKey: root as string as LogKeyId }).id).not.toBe(log.log);
  }, 120_000);
});
