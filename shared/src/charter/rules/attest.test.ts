import { beforeAll, describe, expect, test } from "vitest";
import type { Hex32, StatementId } from "../../base/ids.ts";
import { initCrypto } from "../../crypto/init.ts";
import { makeInvite, makePerson, TestLog, together } from "../../../test/people.ts";
import { comparedOf } from "../query.ts";
import { safetyDigest, safetyDigestOf } from "../safety-digest.ts";
import { safetyWords, safetyWordsOf } from "../safety-words.ts";
import { toId } from "../../base/bytes.ts";
import type { LogKeyId } from "../types.ts";

beforeAll(initCrypto);

describe("attesting", () => {
  test("[C2a] alice attests bob after comparing the words; 'not compared' before that", () => {
    const { log, alice, bob } = together();
    const his = log.memberOf(bob);
    expect(comparedOf(log.charter, his, log.next)).toBeUndefined();
    const before = log.next;
    log.skip(1).say("attest", { member: his, method: "words", digest: log.digest() }, alice.phone);
    expect(comparedOf(log.charter, his, log.next)).toMatchObject({ by: log.memberOf(alice), method: "words" });
    expect(comparedOf(log.charter, his, before)).toBeUndefined();
    expect(comparedOf(log.charter, log.memberOf(alice), log.next)).toBeUndefined();
    log.say("attest", { member: his, method: "cards", digest: log.digest() }, alice.phone);
    expect(comparedOf(log.charter, his, log.next)?.method).toBe("cards");
  });

  test("[C2a] it is of the other present parent, and of the words that both see", () => {
    const { log, alice, bob } = together();
    const verdict = (member: string, digest: Hex32 = log.digest()) =>
      log.verdict(log.make("attest", { member: member as never, method: "words", digest }, [alice.phone]));
    expect(verdict(log.memberOf(bob))).toBe("ok");
    expect(verdict(log.memberOf(alice))).toBe("charter-attest-member");
    expect(verdict(log.charter.head)).toBe("charter-attest-member");
    expect(verdict(log.memberOf(bob), "00".repeat(32) as Hex32)).toBe("charter-attest-digest");
    log.say("leave", {}, bob.phone);
    expect(verdict(log.memberOf(bob), "00".repeat(32) as Hex32)).toBe("charter-attest-member");
  });

  test("[C2a] words are compared before the confirmation too, and stay the same for a pair", () => {
    const alice = makePerson("alice");
    const bob = makePerson("bob");
    const log = new TestLog(alice);
    expect(safetyDigestOf(log.charter)).toBeUndefined();
    const invite = makeInvite(alice.random);
    log.invite(alice.phone, invite);
    const join = log.join(bob, invite) as string as StatementId;
    const digest = log.digest();
    expect(digest).toBe(safetyDigest(log.log, toId<LogKeyId>(log.relayKey.publicKey), join));
    log.say("attest", { member: log.memberOf(alice), method: "words", digest }, bob.phone);
    log.say("confirm", { join }, alice.phone);
    expect(safetyWordsOf(log.charter)).toEqual(safetyWords(digest));
  });

  test("[C2a] six words of eleven bits, first bits first", () => {
    expect(safetyWords("00".repeat(32) as Hex32)).toEqual(Array(6).fill("abandon"));
    expect(safetyWords("ff".repeat(32) as Hex32)).toEqual(Array(6).fill("zoo"));
    // 00000000001 00000000010 …: words 1, 2, 4, 8, 16, 32 of the list, counted from 0.
    const bits = [1, 2, 4, 8, 16, 32]
      .map((n) => n.toString(2).padStart(11, "0"))
      .join("")
      .padEnd(256, "0");
    const hex = Array.from({ length: 32 }, (_, i) =>
      Number.parseInt(bits.slice(8 * i, 8 * i + 8), 2)
        .toString(16)
        .padStart(2, "0"),
    ).join("");
    expect(safetyWords(hex as Hex32)).toEqual(["ability", "able", "above", "absurd", "acoustic", "advice"]);
  });
});
