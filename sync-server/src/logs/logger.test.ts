import { expect, test } from "vitest";
import { toId } from "@countersign/shared/base/bytes";
import type { Hex32 } from "@countersign/shared/base/ids";
import { makeLog } from "./logger.ts";

test("[W7] a log line has an event and short hashes: no id, no address, no message of a problem", () => {
  const lines: string[] = [];
  const log = makeLog("info", { write: (line: string) => void lines.push(line) });
  const id = toId<Hex32>(new Uint8Array(32).fill(7));
  log.info("opened", { log: log.tag(id) });
  log.error("failed", new Error("the text of a message"), { log: log.tag(id) });
  const said = lines.join("");
  expect(lines).toHaveLength(2);
  expect(said).not.toContain(id.slice(0, 8));
  expect(said).not.toContain("the text");
  expect(said).toMatch(/"event":"failed"/);
  expect(log.tag(id)).toMatch(/^[0-9a-f]{8}$/);
  expect(makeLog("info").tag(id)).not.toBe(log.tag(id));
});
