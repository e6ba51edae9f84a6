import { beforeAll, describe, expect, test } from "vitest";
import { idBytes } from "../base/bytes.ts";
import { decode, encode, type CborValue } from "../cbor/cbor.ts";
import { initCrypto } from "../crypto/init.ts";
import { sign } from "../crypto/sign.ts";
import { LIMITS } from "../base/limits.ts";
import { makeDevice, makePerson, TestLog, together } from "../../test/people.ts";
import { encodeBody, parseSigned, statementId } from "./codec.ts";
import type { SignedStatement } from "./types.ts";

beforeAll(initCrypto);

type Wire = Record<string, CborValue>;
const alice = () => makePerson("alice");
const wire = (signed: SignedStatement): Wire => {
  const value = decode(signed.body, LIMITS.statement);
  if (!value.ok) throw new Error("a body is CBOR");
  return value.value as Wire;
};
/** A statement whose body says what the test wants, well signed by alice's phone. */
function signedBody(body: CborValue): Uint8Array {
  const { phone } = alice();
  const b = encode(body);
  return encode({ b, s: [{ k: idBytes(phone.id), s: sign("statement", b, phone.sign.secretKey) }] });
}
const code = (bytes: Uint8Array): string => {
  const parsed = parseSigned(bytes);
  return parsed.ok ? "ok" : parsed.error.code;
};

/** One statement of every type. */
function every(): readonly SignedStatement[] {
  const { log, bob, ...story } = together();
  const close = log.say("close", {}, story.alice.phone);
  log.say("consent", { to: close }, bob.phone);
  const { log: more, alice: a, bob: b } = together();
  more.say("attest", { member: more.memberOf(b), method: "cards", digest: more.digest() }, a.phone);
  more.say("link", { device: a.laptop.keys, level: 2 }, a.phone, a.laptop);
  more.say("level", { level: 2 }, a.phone);
  const lost = makeDevice(a.random);
  const recover = more.say("recover", { device: lost.keys, level: 2, revokes: [a.laptop.id] }, lost, a.sheet);
  more.say("refuse", { recover }, a.phone);
  more.say("revoke", { device: a.laptop.id }, a.phone);
  const sheet = makePerson("carol").sheet;
  more.say("set-recovery", { recovery: sheet.keys }, a.phone, sheet);
  const move = { size: 2, root: more.digest(), relay: "new.example", logKey: makeDevice(a.random).id as never };
  more.push(more.make("move-log", move, [a.phone], { cp: { size: 3, root: more.digest(), time: 5 } }));
  more.say("leave", {}, b.phone);
  const alone = new TestLog(a);
  alone.say("void", { invite: alone.invite(a.phone, { secret: new Uint8Array(32), key: lost.sign, id: lost.id as never }) }, a.phone);
  return [log, more, alone].flatMap((l) => l.entries.map((e) => e.signed));
}

describe("signed statements", () => {
  test("[E4] every type is read back as it was made, over the bytes that arrived", () => {
    const all = every();
    expect(new Set(all.map((s) => s.statement.type)).size).toBe(17);
    for (const signed of all) {
      const parsed = parseSigned(signed.bytes);
      if (!parsed.ok) throw new Error(`${signed.statement.type}: ${parsed.error.code}`);
      expect(parsed.value).toEqual(signed);
      expect(encodeBody(parsed.value.statement)).toEqual(signed.body);
      expect(parsed.value.id).toBe(statementId(signed.body));
    }
  });

  test("[E3] a body with a key too many or too few is refused, in every type", () => {
    for (const signed of every()) {
      const body = wire(signed);
      expect(code(signedBody({ ...body, extra: 1 }))).toBe("charter-malformed");
      for (const key of Object.keys(body)) {
        const rest = Object.fromEntries(Object.entries(body).filter(([k]) => k !== key));
        expect(code(signedBody(rest))).toBe("charter-malformed");
        expect(code(signedBody({ ...body, [key]: true }))).not.toBe("ok");
      }
    }
  });

  test("[C6] types that are reserved or unknown, and other versions, have codes of their own", () => {
    const body = wire(new TestLog(alice()).entries[0]?.signed ?? ({} as SignedStatement));
    for (const t of ["add-guardian", "add-child", "change-policy", "remove-guest", "", "toString", "__proto__", "constructor"]) {
      expect(code(signedBody({ ...body, t }))).toBe("charter-unknown-type");
    }
    expect(code(signedBody({ ...body, v: 2 }))).toBe("charter-unknown-version");
    expect(code(signedBody({ ...body, v: 2, t: "add-child", more: [] }))).toBe("charter-unknown-version");
    expect(code(signedBody([1]))).toBe("charter-malformed");
    expect(code(signedBody("found"))).toBe("charter-malformed");
    expect(code(signedBody(new Uint8Array(3)))).toBe("charter-malformed");
    expect(code(signedBody(null))).toBe("charter-malformed");
  });

  test("[C8c] where a new relay is found is an origin, or left out; any other text is refused", () => {
    const move = every().find((s) => s.statement.type === "move-log");
    if (!move) throw new Error("a move");
    const body = wire(move);
    expect(code(signedBody(body))).toBe("ok");
    expect(code(signedBody({ ...body, address: "https://new.example:8420" }))).toBe("ok");
    for (const address of ["", "new.example", "https://new.example/path", "javascript:alert(1)", "https://ana@new.example", 7, null])
      expect(code(signedBody({ ...body, address }))).toBe("charter-malformed");
  });

  test("[E2] a statement over its size limit is refused before it is parsed", () => {
    expect(code(new Uint8Array(LIMITS.statement + 1))).toBe("charter-too-long");
    const { phone } = alice();
    const big = encode({ b: new Uint8Array(LIMITS.statement), s: [{ k: idBytes(phone.id), s: new Uint8Array(64) }] });
    expect(code(big)).toBe("charter-too-long");
  });

  test("[E1] an envelope or body that is not deterministic CBOR is refused", () => {
    const signed = new TestLog(alice()).entries[0]?.signed;
    if (!signed) throw new Error("no statement");
    const { phone } = alice();
    const s = [{ k: idBytes(phone.id), s: new Uint8Array(64) }];
    expect(code(new Uint8Array())).toBe("charter-malformed");
    expect(code(signed.bytes.slice(0, -1))).toBe("charter-malformed");
    expect(code(Uint8Array.of(...signed.bytes, 0))).toBe("charter-malformed");
    expect(code(encode({ b: Uint8Array.of(...signed.body, 0), s }))).toBe("charter-malformed");
    expect(code(encode({ b: Uint8Array.of(0xf9, 0x3c, 0), s }))).toBe("charter-malformed");
    expect(code(encode({ b: signed.body, s, x: 1 }))).toBe("charter-malformed");
    expect(code(encode({ b: signed.body, s: [] }))).toBe("charter-malformed");
    expect(code(encode({ b: signed.body, s: [...s, ...s, ...s] }))).toBe("charter-malformed");
    expect(code(encode({ b: signed.body, s: [{ k: idBytes(phone.id), s: new Uint8Array(63) }] }))).toBe("charter-malformed");
  });

  test("[E2] lists within a statement have limits", () => {
    const opening = together().log.entries[1]?.signed;
    if (!opening) throw new Error("no statement");
    const body = wire(opening);
    const epochs = body["epochs"] as readonly Wire[];
    const [first] = epochs;
    const wrap = (first?.["w"] as readonly Wire[])[0];
    expect(code(signedBody({ ...body, epochs }))).toBe("ok");
    expect(code(signedBody({ ...body, epochs: [] }))).toBe("charter-malformed");
    expect(code(signedBody({ ...body, epochs: [...epochs, ...epochs] }))).toBe("charter-malformed");
    expect(code(signedBody({ ...body, epochs: [{ ...first, w: Array<CborValue>(67).fill(wrap ?? null) }] }))).toBe("charter-malformed");
    expect(code(signedBody({ ...body, epochs: [{ ...first, w: [{ ...wrap, x: new Uint8Array(81) }] }] }))).toBe("charter-malformed");
    expect(code(signedBody({ ...body, epochs: [{ ...first, c: "charter" }] }))).toBe("charter-malformed");
  });
});
