import * as A from "@automerge/automerge/slim";
import { beforeAll, describe, expect, it } from "vitest";
import { initAutomergeNode } from "../../node/automerge.ts";
import { toHex } from "../base/bytes.ts";
import { GENESIS_ACTOR, GENESIS_HASH, RECORDS, genesisBytes } from "./genesis.ts";

beforeAll(initAutomergeNode);

describe("the fixed first change", () => {
  it("[X8] is rebuilt by Automerge from its description, byte for byte", () => {
    const op = { action: "makeMap", obj: "_root", key: "records", pred: [] };
    const built = A.encodeChange({
      actor: GENESIS_ACTOR,
      author: null,
      seq: 1,
      startOp: 1,
      time: 0,
      message: null,
      deps: [],
      ops: [op],
    });
    expect(toHex(built)).toBe(toHex(genesisBytes()));
    expect(A.decodeChange(built).hash).toBe(GENESIS_HASH);
  });

  it("[X8] makes one empty map whose object id is the constant", () => {
    const [doc] = A.applyChanges(A.init<{ records: Record<string, unknown> }>(), [genesisBytes()]);
    expect(A.toJS(doc)).toEqual({ records: {} });
    expect(A.getObjectId(doc.records)).toBe(RECORDS);
    A.free(doc);
  });
});
