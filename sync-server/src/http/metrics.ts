import { collectDefaultMetrics, Counter, Gauge, Registry } from "prom-client";
import type { RelayMeter } from "../relay/ports.ts";

const WATCHED = [
  ["connections", "Open connections"],
  ["logs", "Logs in memory"],
  ["tokens", "Tokens for HTTP that are good"],
] as const;

export interface Metrics {
  readonly meter: RelayMeter;
  readonly contentType: string;
  text(): Promise<string>;
  /** What is asked for at the moment of reading. */
  watch(counts: () => { readonly connections: number; readonly logs: number; readonly tokens: number }): void;
}

/** Numbers about the relay. No label carries an id, an address or anything else of one person. */
export function makeMetrics(): Metrics {
  const register = new Registry();
  collectDefaultMetrics({ register });
  const registers = [register];
  const signIns = new Counter({ name: "relay_sign_ins_total", help: "Sign-ins, by outcome", labelNames: ["outcome"], registers });
  const entries = new Counter({ name: "relay_entries_total", help: "Entries that are durable", registers });
  const bytes = new Counter({ name: "relay_entry_bytes_total", help: "Bytes of their sealed bodies", registers });
  const refused = new Counter({
    name: "relay_refused_total",
    help: "Messages and entries refused, by code",
    labelNames: ["code"],
    registers,
  });
  const sent = new Counter({ name: "relay_entries_sent_total", help: "Entries sent to readers", registers });
  const closed = new Counter({ name: "relay_closed_total", help: "Connections closed, by close code", labelNames: ["code"], registers });
  return {
    contentType: register.contentType,
    text: () => register.metrics(),
    watch: (counts) => {
      for (const [what, help] of WATCHED) {
        const gauge: Gauge = new Gauge({ name: `relay_${what}`, help, registers, collect: () => gauge.set(counts()[what]) });
      }
    },
    meter: {
      signIn: (outcome) => signIns.inc({ outcome }),
      accepted: (n, size) => {
        entries.inc(n);
        bytes.inc(size);
      },
      refused: (code) => refused.inc({ code }),
      sent: (n) => sent.inc(n),
      closed: (code) => closed.inc({ code: String(code) }),
    },
  };
}
