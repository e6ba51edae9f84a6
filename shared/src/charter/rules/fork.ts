/** That a relay had shown two histories, as the move that heals it says (rule C8h). */
import { idBytes, toId } from "../../base/bytes.ts";
import type { Hex32 } from "../../base/ids.ts";
import { openCheckpoint, type Checkpoint } from "../../log/checkpoint.ts";
import { originOf } from "../../log/origin.ts";
import { verifyConsistency } from "../../log/proof.ts";
import { itemsOf } from "../persistent.ts";
import type { Charter, GivenUp } from "../state.ts";
import type { ForkNamed } from "../types.ts";

/**
 * The head that is given up, if a relay that the charter names signed it and it is not of the branch kept. Undefined where there is no such fork: so nobody can
 * claim one to be rid of what the other wrote.
 * @param kept the head of the branch kept
 */
export function givenUpBy(charter: Charter, kept: GivenUp, { note, r, p }: ForkNamed): GivenUp | undefined {
  const other = openedBy(charter, note);
  if (!other || other.size < 1) return undefined;
  const head: GivenUp = { size: other.size, root: toId<Hex32>(other.root) };
  const [small, large] = head.size <= kept.size ? [head, kept] : [kept, head];
  // The path binds how the larger tree began; the smaller one is another.
  const isBound = verifyConsistency(small.size, large.size, p, idBytes(r), idBytes(large.root));
  return isBound && r !== small.root ? head : undefined;
}

function openedBy(charter: Charter, note: string): Checkpoint | undefined {
  for (const { relay, logKey } of itemsOf(charter.relays)) {
    const opened = openCheckpoint(note, originOf(relay, charter.log), idBytes(logKey));
    if (opened.ok) return opened.value;
  }
  return undefined;
}
