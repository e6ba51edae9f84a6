import type { LogId } from "@countersign/shared/base/ids";
import type { LogKind, SignedStatement } from "@countersign/shared/charter/types";
import type { SignKeyPair } from "@countersign/shared/crypto/sign";
import { makePerson, TestLog, together, type Person, type TestInvite } from "../../shared/test/people.ts";
import { charterEntry, TestClient, type Dial } from "./client.ts";

export interface TestHousehold {
  readonly log: LogId;
  readonly chain: TestLog;
  readonly alice: Person;
  readonly bob: Person;
  readonly invite: TestInvite;
  readonly logKey: Uint8Array;
  /** Entries in the relay's log so far. */
  readonly size: number;
}

/** A key pair whose secret half nobody has: the relay's. */
async function reserve(dial: Dial, founder: Person): Promise<{ client: TestClient; relayKey: SignKeyPair }> {
  const client = await TestClient.signIn(dial, "found", founder.phone.sign, null);
  client.send({ t: "reserve" });
  const { logKey } = await client.next("reserved");
  return { client, relayKey: { publicKey: logKey as SignKeyPair["publicKey"], secretKey: new Uint8Array(64) as SignKeyPair["secretKey"] } };
}

async function pushAll(
  client: TestClient,
  log: LogId,
  signed: readonly SignedStatement[],
  secret: SignKeyPair["secretKey"],
): Promise<void> {
  if (signed.length === 0) return;
  const receipt = await client.push(...signed.map((s) => charterEntry(log, s, secret)));
  if (receipt.error) throw new Error(`a statement was refused: ${receipt.error.code} at ${receipt.error.at}`);
}

/** Two parents who founded, invited, joined and confirmed, each from their own connection, as apps do. */
export async function foundHousehold(
  dial: Dial,
  options: { relay: string; time: number; names?: readonly [string, string] },
): Promise<TestHousehold> {
  const [a, b] = options.names ?? ["alice", "bob"];
  const alice = makePerson(a);
  const bob = makePerson(b);
  const { client, relayKey } = await reserve(dial, alice);
  const { log: chain, invite } = together(alice, bob, { relay: options.relay, relayKey, time: options.time });
  const log = chain.log;
  const all = chain.entries.map((e) => e.signed);
  const joinAt = all.findIndex((s) => s.statement.type === "join");
  const join = all[joinAt];
  if (!join) throw new Error("nobody joined");
  await pushAll(client, log, all.slice(0, joinAt), alice.phone.sign.secretKey);
  const guest = await TestClient.signIn(dial, "invite", invite.key, log);
  await pushAll(guest, log, [join], bob.phone.sign.secretKey);
  guest.close();
  const joiner = await TestClient.signIn(dial, "device", bob.phone.sign, log);
  await pushAll(joiner, log, all.slice(joinAt + 1, -1), bob.phone.sign.secretKey);
  joiner.close();
  await pushAll(client, log, all.slice(-1), alice.phone.sign.secretKey);
  client.close();
  return { log, chain, alice, bob, invite, logKey: relayKey.publicKey, size: all.length };
}

/** One parent's personal log. */
export async function foundPersonal(
  dial: Dial,
  options: { relay: string; time: number; name?: string; kind?: LogKind },
): Promise<{ log: LogId; chain: TestLog; alice: Person }> {
  const alice = makePerson(options.name ?? "alice");
  const { client, relayKey } = await reserve(dial, alice);
  const chain = new TestLog(alice, { kind: options.kind ?? "personal", relay: options.relay, relayKey, time: options.time });
  chain.openEpochs(alice.phone);
  await pushAll(
    client,
    chain.log,
    chain.entries.map((e) => e.signed),
    alice.phone.sign.secretKey,
  );
  client.close();
  return { log: chain.log, chain, alice };
}

/** The epoch that is current on a channel. */
export const epochNow = (chain: TestLog, channel: "messages" | "expenses" = "messages"): number => {
  const known = chain.charter.epochs[channel];
  return known ? known.full.length * 64 + known.tail.length - 1 : 0;
};
