import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { toBase64url } from "../base/bytes.ts";
import type { LogId, StatementId } from "../base/ids.ts";
import { encode, type CborValue } from "../cbor/cbor.ts";
import { initCrypto } from "../crypto/init.ts";
import { seededRandom } from "../../test/random.ts";
import { inviteLink, parseInviteLink, type InviteLink } from "./invite-link.ts";
import { isRelayAddress } from "./relay-address.ts";

beforeAll(initCrypto);

const link: InviteLink = {
  relay: "https://relay.example:8443",
  log: "11".repeat(32) as LogId,
  invite: "22".repeat(32) as StatementId,
  secret: new Uint8Array(32).fill(3),
};
const code = (text: string): string => {
  const parsed = parseInviteLink(text);
  return parsed.ok ? "ok" : parsed.error.code;
};
const fragment = (value: CborValue): string => `#join=${toBase64url(encode(value))}`;
const fields = (): Record<string, CborValue> => ({
  v: 1,
  r: link.relay,
  l: new Uint8Array(32),
  i: new Uint8Array(32),
  s: new Uint8Array(32),
});

describe("invitation links", () => {
  test("[C2] a link is read back whole, as a fragment, and with white space around it", () => {
    const text = inviteLink("https://app.example", link);
    expect(text.startsWith("https://app.example/#join=")).toBe(true);
    expect(parseInviteLink(text)).toEqual({ ok: true, value: link });
    expect(parseInviteLink(` ${text}\n`)).toEqual({ ok: true, value: link });
    expect(parseInviteLink(text.slice(text.indexOf("#")))).toEqual({ ok: true, value: link });
  });

  test("[C2] the secret stands only after the #", () => {
    const secret = seededRandom("secret")(32);
    const text = inviteLink("https://app.example", { ...link, secret });
    expect(text.slice(0, text.indexOf("#"))).toBe("https://app.example/");
  });

  test("[C2] another text, a cut link and another version are told apart", () => {
    const text = inviteLink("https://app.example", link);
    expect(code("https://app.example/")).toBe("link-not-invite");
    expect(code("")).toBe("link-not-invite");
    expect(code(`#join=${"A".repeat(3000)}`)).toBe("link-not-invite");
    expect(code(text.slice(0, -3))).toBe("link-broken");
    expect(code(`${text}A`)).toBe("link-broken");
    expect(code(`${text} and more`)).toBe("link-broken");
    expect(code("#join=")).toBe("link-broken");
    expect(code(fragment({ v: 2, new: true }))).toBe("link-other-version");
    expect(code(fragment({ ...fields(), v: 1 }))).toBe("ok");
    expect(code(fragment({ ...fields(), more: 1 }))).toBe("link-broken");
    expect(code(fragment({ ...fields(), s: new Uint8Array(31) }))).toBe("link-broken");
    expect(code(fragment([1]))).toBe("link-broken");
    expect(code(fragment(null))).toBe("link-broken");
    expect(code(fragment({ ...fields(), r: "javascript:alert(1)" }))).toBe("link-broken");
    expect(() => inviteLink("https://app.example", { ...link, relay: "relay" })).toThrow();
  });

  test("[C2] every altered letter is noticed or gives another invitation, never an exception", () => {
    const text = inviteLink("https://app.example", link);
    fc.assert(
      fc.property(
        fc.integer({ min: text.indexOf("=") + 1, max: text.length - 1 }),
        fc.constantFrom("A", "Z", "a", "9", "-", "_", "+", "/", " ", "="),
        (i, letter) => {
          if (text[i] === letter) return;
          const parsed = parseInviteLink(text.slice(0, i) + letter + text.slice(i + 1));
          if (parsed.ok) expect(parsed.value).not.toEqual(link);
        },
      ),
    );
  });

  test("[C2] a relay's address is an http or https origin and nothing more", () => {
    const good = ["https://relay.example", "http://127.0.0.1:8420", "https://a", "http://[::1]:8420", "https://r-1.example:65535"];
    const bad = [
      "",
      "relay.example",
      "wss://relay.example",
      "https://",
      "https://a/",
      "https://a/b",
      "https://a?b",
      "https://a#b",
      "https://u@a",
    ];
    expect(good.filter((x) => !isRelayAddress(x))).toEqual([]);
    expect(
      [...bad, "https://a:", "https://a:123456", "https://-a", "https://a b", "https://ä", `https://${"a".repeat(256)}`].filter(
        isRelayAddress,
      ),
    ).toEqual([]);
  });
});
