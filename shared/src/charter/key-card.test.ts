import { beforeAll, describe, expect, test } from "vitest";
import { initCrypto } from "../crypto/init.ts";
import { makeDevice, TestLog, together } from "../../test/people.ts";
import { compareKeyCard, keyCardOf, keyCardText, parseKeyCard, type KeyCard } from "./key-card.ts";

beforeAll(initCrypto);

function card() {
  const story = together();
  const { log, bob } = story;
  log.say("link", { device: bob.laptop.keys, level: 1 }, bob.phone, bob.laptop);
  const made = keyCardOf(log.charter, log.memberOf(bob));
  if (!made) throw new Error("no card");
  return { ...story, made, his: log.memberOf(bob) };
}
const code = (text: string): string => {
  const parsed = parseKeyCard(text);
  return parsed.ok ? "ok" : parsed.error.code;
};

describe("key cards", () => {
  test("[C2a] a printed card is read back and matches, later too", () => {
    const { log, bob, made, his } = card();
    const text = keyCardText(made);
    expect(parseKeyCard(text)).toEqual({ ok: true, value: made });
    expect(parseKeyCard(`${text.slice(0, 60)}\n ${text.slice(60)} `)).toEqual({ ok: true, value: made });
    expect(made.devices).toEqual([bob.phone.keys, bob.laptop.keys]);
    expect(compareKeyCard(log.charter, his, made)).toBe("match");
    log.say("revoke", { device: bob.laptop.id }, bob.phone);
    expect(compareKeyCard(log.charter, his, made)).toBe("match");
    expect(keyCardOf(log.charter, his)?.devices).toEqual([bob.phone.keys]);
  });

  test("[C2a] a card of another log, member or device does not match", () => {
    const { log, alice, made, his } = card();
    const verdict = (change: Partial<KeyCard>) => compareKeyCard(log.charter, his, { ...made, ...change });
    expect(verdict({ log: new TestLog(alice).log })).toBe("other-log");
    expect(verdict({ member: log.memberOf(alice) })).toBe("other-member");
    expect(verdict({ devices: [...made.devices, alice.phone.keys] })).toBe("other-keys");
    const eve = makeDevice(alice.random).keys;
    expect(verdict({ devices: [...made.devices, eve] })).toBe("other-keys");
    const [first] = made.devices;
    if (!first) throw new Error("no device");
    expect(verdict({ devices: [{ ...first, box: eve.box }] })).toBe("other-keys");
  });

  test("[C2a] a misread card is told from another text and another version", () => {
    const text = keyCardText(card().made);
    expect(code("countersign-sheet:1:abc")).toBe("card-not-card");
    expect(code("")).toBe("card-not-card");
    expect(code(text + "A".repeat(10_000))).toBe("card-not-card");
    expect(code(text.replace(":1:", ":2:"))).toBe("card-other-version");
    expect(code(text.slice(0, -2))).toBe("card-broken");
    expect(code("countersign-card:1:")).toBe("card-broken");
    for (let i = 20; i < text.length; i += 7) {
      expect(code(text.slice(0, i) + (text[i] === "A" ? "B" : "A") + text.slice(i + 1))).toBe("card-broken");
    }
  });
});
