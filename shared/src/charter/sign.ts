import { toId } from "../base/bytes.ts";
import type { Hex32, LogId, Signature, SignSecretKey, StatementId } from "../base/ids.ts";
import { sign } from "../crypto/sign.ts";
import { encodeBody, sealEnvelope } from "./codec.ts";
import type { Charter } from "./state.ts";
import type { CheckpointRef, SignedStatement, SignerId, Statement, StatementFrame } from "./types.ts";

/** Whoever can sign a statement: the key's public half as bytes, and its secret half or something that holds it. */
export interface StatementSigner {
  readonly publicKey: Uint8Array;
  readonly secretKey: SignSecretKey;
}

/**
 * Signs a statement's body with the signers of its row in the table of section 4, in that order. Whether it may stand is for
 * `extendCharter` to say.
 */
export function makeStatement(statement: Statement, signers: readonly StatementSigner[]): SignedStatement {
  const body = encodeBody(statement);
  const signatures = signers.map((s) => ({ key: toId<Hex32>(s.publicKey), signature: sign("statement", body, s.secretKey) }));
  return sealEnvelope(body, statement, signatures);
}

/** Puts signatures that were made elsewhere (a device that is being linked countersigns through the mailbox) to a statement. */
export function joinSignatures(
  statement: Statement,
  signatures: readonly { readonly key: Hex32; readonly signature: Signature }[],
): SignedStatement {
  return sealEnvelope(encodeBody(statement), statement, signatures);
}

/** One signature over a statement's body, for `joinSignatures`. */
export const signBody = (statement: Statement, secretKey: SignSecretKey): Signature => sign("statement", encodeBody(statement), secretKey);

/** The frame of the next statement on a charter. */
export const frameOn = (
  charter: Pick<Charter, "log" | "head">,
  by: SignerId,
  checkpoint: CheckpointRef | null,
): StatementFrame & { log: LogId; prev: StatementId } => ({
  log: charter.log,
  prev: charter.head,
  by,
  checkpoint,
});
