import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { toId } from "../base/bytes.ts";
import type { LogId, StatementId } from "../base/ids.ts";
import type { InviteLink } from "./invite-link.ts";
import { looksTyped, readTypedInvite, TYPED_GROUP, TYPED_GROUPS, typedInvite } from "./typed-invite.ts";

const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 });
const links: fc.Arbitrary<InviteLink> = fc.record({
  relay: fc.constantFrom("https://relay.example", "http://127.0.0.1:8420", "https://[::1]:8443", "https://a"),
  log: bytes32.map((b) => toId<LogId>(b)),
  invite: bytes32.map((b) => toId<StatementId>(b)),
  secret: bytes32,
});
const LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const one: InviteLink = {
  relay: "https://relay.example",
  log: "11".repeat(32) as LogId,
  invite: "22".repeat(32) as StatementId,
  secret: new Uint8Array(32).fill(3),
};
const groupsOf = (text: string): string[] => text.split(" ").slice(1);
const said = (text: string): string => {
  const read = readTypedInvite(text);
  if (read.ok) return "ok";
  const { code } = read.error;
  return code === "typed-group"
    ? `group ${String(read.error.group)}`
    : code === "typed-short"
      ? `${String(read.error.groups)} missing`
      : code;
};

describe("a typed invitation", () => {
  test("[C2b] says what the link says, secret and all, in forty groups of five", () => {
    fc.assert(
      fc.property(links, (link) => {
        const text = typedInvite(link);
        expect(groupsOf(text).map((group) => group.length)).toEqual(Array<number>(TYPED_GROUPS).fill(TYPED_GROUP));
        expect(readTypedInvite(text)).toEqual({ ok: true, value: link });
      }),
    );
  });

  test("[C2b] has these letters", () => {
    expect(typedInvite(one)).toMatchInlineSnapshot(
      `"https://relay.example 048H7 248H7 248H8 248HD 248HP 248HK 248HW 248HS 248HF 248HA 248H5 248H0 248HV 28H2S 48H2S 48H2W 48H2G 48H2N 48H2T 48H2Z 48H24 48H21 48H2E 48H2B 48H2X 48H2R 0C1GK 60R3Y 0C1GD 60R30 0C1G7 60R3A 0C1G4 60R39 0C1GE 60R33 0C1GG 60R3X 0C1JY 9R323"`,
    );
  });

  test("[C2b] is read in small letters, with O, I and L for digits, cut into lines and groups in any way, without https://", () => {
    const text = typedInvite(one);
    fc.assert(
      fc.property(fc.infiniteStream(fc.constantFrom("", " ", "-", "\n", "  ")), fc.boolean(), (between, isPlain) => {
        const letters = Array.from(groupsOf(text).join(""), (letter) =>
          letter === "0" ? "o" : letter === "1" ? "l" : letter.toLowerCase(),
        );
        const typed = letters.map((letter) => letter + String(between.next().value)).join("");
        expect(readTypedInvite(`${isPlain ? "Relay.Example/" : "https://relay.example"}\n${typed}`)).toEqual({ ok: true, value: one });
      }),
    );
  });

  test("[C2b] one wrong letter, and two that changed places in a group, are noticed and their group is named", () => {
    fc.assert(
      fc.property(links, fc.nat(TYPED_GROUPS - 1), fc.nat(TYPED_GROUP - 1), fc.nat(TYPED_GROUP - 1), fc.nat(31), (link, n, i, j, other) => {
        const text = typedInvite(link);
        const groups = groupsOf(text);
        const letters = Array.from(groups[n] ?? "");
        const swapped = [...letters];
        [swapped[i], swapped[j]] = [letters[j] ?? "", letters[i] ?? ""];
        const wrong = letters.with(i, LETTERS[other] ?? "");
        for (const group of [swapped, wrong].map((all) => all.join(""))) {
          const spoilt = [link.relay, ...groups.with(n, group)].join(" ");
          expect(said(spoilt)).toBe(group === groups[n] ? "ok" : `group ${String(n + 1)}`);
        }
      }),
    );
  });

  test("[C2b] what is missing, too much, of another relay or of another version is told apart", () => {
    const text = typedInvite(one);
    const groups = groupsOf(text);
    expect(said([one.relay, ...groups.slice(0, 12)].join(" "))).toBe("28 missing");
    expect(said([one.relay, ...groups.slice(0, 12), "0"].join(" "))).toBe("28 missing");
    expect(said(`${text} 0`)).toBe("typed-long");
    expect(said(groups.join(" "))).toBe("typed-relay");
    expect(said(["https://", ...groups].join(" "))).toBe("typed-relay");
    expect(said(["https://relay.exampel", ...groups].join(" "))).toBe("typed-whole");
    expect(said([one.relay, "U0000"].join(" "))).toBe("group 1");
    const [first = "", second = "", ...rest] = groups;
    expect(said([one.relay, second, first, ...rest].join(" "))).toBe("group 1");
    expect(() => typedInvite({ ...one, relay: "relay" })).toThrow();
  });

  test("[C2b] any text is answered, and what is read is what stands there", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: "binary", maxLength: 400 }),
          fc.string({ unit: fc.constantFrom(...Array.from(LETTERS), " ", "."), maxLength: 260 }),
        ),
        (text) => {
          looksTyped(text);
          const read = readTypedInvite(text);
          if (read.ok) expect(readTypedInvite(typedInvite(read.value))).toEqual(read);
        },
      ),
    );
  });

  test("[C2b] is not mistaken for a link, nor a link for it", () => {
    expect(looksTyped(typedInvite(one))).toBe(true);
    expect(looksTyped("relay.example 4K7Q9")).toBe(true);
    for (const text of ["", "hello", "https://app.example/", "https://app.example/#join=AAAAAAAAAAAAAAAAAAAAAA"])
      expect(looksTyped(text)).toBe(false);
  });
});
