import { beforeAll, expect, test } from "vitest";
import { initCrypto } from "../crypto/init.ts";
import { together } from "../../test/people.ts";
beforeAll(initCrypto);
test("[C2] smoke", () => {
  const { log, alice } = together();
  expect(log.charter.count).toBe(6);
  expect(alice.name).toBe("alice");
});
