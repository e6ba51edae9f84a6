import { toId, toHex } from "../base/bytes.ts";
import type { DeviceId, Hex32, LogId } from "../base/ids.ts";
import { err, ok, type Result } from "../base/result.ts";
import { makeStatement } from "../charter/sign.ts";
import type { BoxKeyId, LogKeyId, LogKind, RecoveryKeys } from "../charter/types.ts";
import { boxKeyPair } from "../crypto/box.ts";
import { signKeyPair } from "../crypto/sign.ts";
import type { RelayMessage, WireCode } from "../wire/messages.ts";
import type { Ports } from "./ports.ts";
import { RelayClient, type Ended, type SignIn, type Welcome } from "./relay-client.ts";
import { statementEntry } from "./statement-desk.ts";

/** The format level that this code writes and reads (rule C7). */
export const FORMAT_LEVEL = 1;

export interface Founded {
  readonly log: LogId;
  readonly relayName: string;
  readonly signSeed: Uint8Array;
  readonly boxSecret: Uint8Array;
  /** The founding entry: kept in the outbox until it comes back in the log. */
  readonly entry: { readonly a: Uint8Array; readonly b: Uint8Array };
}

export type DialFailure = { readonly code: Ended["code"] | "timeout" } | { readonly code: "refused"; readonly wire: WireCode };

const DIAL_TIMEOUT = 20_000;

/**
 * One short conversation with a relay that is no log's session: founding, looking logs up. `talk` gets the welcome and returns what to do with each
 * further message; it ends by calling `done`.
 */
function dial<T>(
  ports: Ports,
  signIn: SignIn,
  talk: (
    client: RelayClient,
    welcome: Welcome,
    relayName: string,
    done: (result: Result<T, DialFailure>) => void,
  ) => (message: RelayMessage) => void,
): Promise<Result<T, DialFailure>> {
  return new Promise((resolve) => {
    let onMessage: ((message: RelayMessage) => void) | undefined;
    let isOver = false;
    const done = (result: Result<T, DialFailure>): void => {
      if (isOver) return;
      isOver = true;
      stopTimer();
      client.close();
      resolve(result);
    };
    const stopTimer = ports.clock.after(DIAL_TIMEOUT, () => {
      done(err({ code: "timeout" }));
    });
    const client = new RelayClient(ports, signIn, {
      onWelcome: (welcome, challenge) => {
        onMessage = talk(client, welcome, challenge.name, done);
      },
      onMessage: (message) => {
        if (message.t === "error") done(err({ code: "refused", wire: message.code }));
        else onMessage?.(message);
      },
      onEnd: (ended) => {
        done(err({ code: ended.code }));
      },
    });
    client.open();
  });
}

/**
 * Founds a log on a relay: the relay gives the key that will sign this log's checkpoints, the founding statement pins it and the relay's
 * name, and the statement's hash is the log's id. New keys are made here and never used in another log.
 */
export function foundLog(ports: Ports, address: string, kind: LogKind, recovery: RecoveryKeys): Promise<Result<Founded, DialFailure>> {
  const signSeed = ports.random(32);
  const boxSecret = ports.random(32);
  const sign = signKeyPair(signSeed);
  const device = toId<DeviceId>(sign.publicKey);
  const box = toId<BoxKeyId>(boxKeyPair(boxSecret).publicKey);
  const who: SignIn = { address, log: null, as: "found", publicKey: sign.publicKey, secretKey: sign.secretKey };
  return dial<Founded>(ports, who, (client, _welcome, relayName, done) => {
    client.send({ t: "reserve" });
    let made: { readonly log: LogId; readonly entry: Founded["entry"] } | undefined;
    return (message) => {
      if (message.t === "reserved") {
        const signed = makeStatement(
          {
            log: null,
            prev: null,
            by: device,
            checkpoint: null,
            type: "found",
            nonce: toHex(ports.random(32)) as Hex32,
            kind,
            device: { sign: device, box },
            recovery,
            relay: relayName,
            logKey: toId<LogKeyId>(message.logKey),
            level: FORMAT_LEVEL,
          },
          [sign],
        );
        const log = signed.id as string as LogId;
        made = { log, entry: statementEntry(log, signed, sign.secretKey) };
        client.send({ t: "push", id: 1, entries: [made.entry] });
      } else if (message.t === "receipt" && made) {
        if (message.n.length === 1) done(ok({ ...made, relayName, signSeed, boxSecret }));
        else done(err({ code: "refused", wire: message.error?.code ?? "internal" }));
      }
    };
  });
}

/**
 * Looks at a relay without opening a session: which logs have this recovery key, or (`as: invite`) whether an invitation still stands. Gives
 * the relay's name too.
 */
export function findLogs(
  ports: Ports,
  address: string,
  keys: { readonly publicKey: Uint8Array; readonly secretKey: SignIn["secretKey"] },
  what: { readonly as: "recovery" | "invite"; readonly log: LogId | null } = { as: "recovery", log: null },
): Promise<Result<{ readonly logs: readonly LogId[]; readonly relayName: string }, DialFailure>> {
  const who: SignIn = { address, ...what, publicKey: keys.publicKey, secretKey: keys.secretKey };
  return dial<{ readonly logs: readonly LogId[]; readonly relayName: string }>(ports, who, (_client, welcome, relayName, done) => {
    done(ok({ logs: welcome.logs ?? [], relayName }));
    return () => undefined;
  });
}
