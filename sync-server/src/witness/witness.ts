import { fromBase64, utf8 } from "@countersign/shared/base/bytes";
import type { Millis, SignSecretKey } from "@countersign/shared/base/ids";
import { signKeyPair } from "@countersign/shared/crypto/sign";
import { cosign, formatWitnessKey, parseTreeHead, witnessKey } from "@countersign/shared/log/cosignature";
import { emptyRoot, HASH_BYTES } from "@countersign/shared/log/merkle";
import { openNote, parseNote, parseVerifierKey, type NoteKey } from "@countersign/shared/log/note";
import { verifyConsistency } from "@countersign/shared/log/proof";
import type { TreeHead, WitnessStore } from "./store.ts";

export interface WitnessAnswer {
  readonly status: 200 | 400 | 401 | 403 | 404 | 409 | 422 | 507;
  readonly type: "text/plain; charset=utf-8" | "text/x.tlog.size";
  readonly body: string;
}

/** A relay whose logs are witnessed here: its name, which their origins begin with, and the token with which it may tell of one. */
export interface WitnessClientSetting {
  readonly name: string;
  readonly token: string;
}

/** Logs of one relay that a witness takes at most. */
const LOGS_OF_CLIENT = 100_000;
/** Lines of a consistency proof (C2SP tlog-witness). */
const MAX_PROOF = 63;
/** A note, the proof's lines and the size. */
export const MAX_REQUEST = 8_192 + 64 * 64;

const text = (status: WitnessAnswer["status"], body = ""): WitnessAnswer => ({ status, type: "text/plain; charset=utf-8", body });
const sizeIs = (size: number): WitnessAnswer => ({ status: 409, type: "text/x.tlog.size", body: `${String(size)}\n` });

/**
 * A witness (C2SP tlog-witness): it sees origin, size and root of a log, checks that the log only grew since it last looked, keeps what it saw, and
 * only then says so with its signature. It reads nothing and stores no content.
 */
export class Witness {
  readonly #store: WitnessStore;
  readonly #now: () => Millis;
  readonly #key: NoteKey;
  readonly #secret: SignSecretKey;
  readonly #clients: readonly WitnessClientSetting[];

  private constructor(
    store: WitnessStore,
    now: () => Millis,
    key: NoteKey,
    secret: SignSecretKey,
    clients: readonly WitnessClientSetting[],
  ) {
    this.#store = store;
    this.#now = now;
    this.#key = key;
    this.#secret = secret;
    this.#clients = clients;
  }

  static async open(input: {
    readonly store: WitnessStore;
    readonly now: () => Millis;
    readonly random: (n: number) => Uint8Array;
    /** The relay's name; the witness is `<name>/witness`. */
    readonly name: string;
    readonly clients: readonly WitnessClientSetting[];
  }): Promise<Witness> {
    const pair = signKeyPair(await input.store.keySeed(() => input.random(32)));
    const key = witnessKey(`${input.name}/witness`, pair.publicKey);
    if (!key) throw new Error("this relay's name cannot stand in a note");
    return new Witness(input.store, input.now, key, pair.secretKey, input.clients);
  }

  /** The key as devices and other tools take it. */
  get verifierKey(): string {
    return formatWitnessKey(this.#key);
  }

  /**
   * Takes note of a log: the body is its verifier key, whose name is the origin. A log's key stays the one that was told first. This is ours: C2SP
   * leaves open how a witness learns of logs.
   */
  async addLog(body: string, token: string | undefined): Promise<WitnessAnswer> {
    const key = parseVerifierKey(body.replace(/\n$/, ""));
    if (!key) return text(400);
    const client = this.#clientOf(key.name);
    if (!client) return text(404);
    if (token !== client.token) return text(401);
    const added = await this.#store.addLog({ origin: key.name, key: body.replace(/\n$/, ""), client: client.name }, LOGS_OF_CLIENT);
    if (added === "full") return text(507);
    return added === "other-key" ? text(409) : text(200);
  }

  /** `add-checkpoint`: the answers and their order are the specification's. */
  async addCheckpoint(body: string): Promise<WitnessAnswer> {
    const request = parseRequest(body);
    if (!request) return text(400);
    const { old, proof, note, head } = request;
    const known = await this.#store.log(head.origin);
    const logKey = known && this.#clientOf(head.origin) ? parseVerifierKey(known.key) : undefined;
    if (!known || !logKey) return text(404);
    const opened = openNote(note, [logKey]);
    if (!opened.ok) return text(opened.error.code === "note-malformed" ? 400 : 403);
    if (old > head.size) return text(400);
    const last = known.head ?? { size: 0, root: emptyRoot() };
    if (old !== last.size) return sizeIs(last.size);
    if (old === head.size && !isSame(last, head)) return sizeIs(last.size);
    if (!verifyConsistency(old, head.size, proof, last.root, head.root)) return text(422);
    // What is kept is what was compared, in one step: of two requests that began from the same head one comes too late.
    if (!(await this.#store.advance(head.origin, last, { size: head.size, root: head.root }))) {
      const now = await this.#store.log(head.origin);
      return sizeIs(now?.head?.size ?? 0);
    }
    return text(200, cosign(opened.value.text, this.#key, this.#secret, Math.floor(this.#now() / 1_000)));
  }

  #clientOf(origin: string): WitnessClientSetting | undefined {
    return this.#clients.find((c) => origin.startsWith(`${c.name}/`));
  }
}

const isSame = (a: TreeHead, b: TreeHead): boolean => a.size === b.size && a.root.every((byte, i) => byte === b.root[i]);

interface AddCheckpoint {
  readonly old: number;
  readonly proof: readonly Uint8Array[];
  readonly note: string;
  readonly head: TreeHead & { readonly origin: string };
}

/** An old size line, proof lines, an empty line, a checkpoint. */
function parseRequest(body: string): AddCheckpoint | undefined {
  if (utf8(body).length > MAX_REQUEST) return undefined;
  const end = body.indexOf("\n\n");
  if (end < 0) return undefined;
  const [first = "", ...lines] = body.slice(0, end).split("\n");
  const old = Number(/^old (0|[1-9][0-9]{0,15})$/.exec(first)?.[1] ?? NaN);
  const proof = lines.flatMap((line) => fromBase64(line) ?? []);
  const note = body.slice(end + 2);
  const parsed = parseNote(note);
  const head = parsed.ok ? parseTreeHead(parsed.value.text) : undefined;
  if (!Number.isSafeInteger(old) || lines.length > MAX_PROOF || proof.length !== lines.length || !head) return undefined;
  return proof.every((p) => p.length === HASH_BYTES) ? { old, proof, note, head } : undefined;
}
