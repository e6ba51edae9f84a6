import { parseArgs } from "node:util";
import { z } from "zod";
import { err, ok, type Result } from "@countersign/shared/base/result";
import { LOG_LEVELS } from "./logs/logger.ts";
import { parseWitnessClients, parseWitnesses } from "./witness/settings.ts";
import { DEFAULT_LIMITS } from "./relay/limits.ts";

const port = z.coerce.number("is a number").int("is a whole number").min(0, "is at least 0").max(65_535, "is at most 65535");
const bytes = z.coerce
  .number("is a number of bytes")
  .int("is a whole number")
  .min(1_024, "is at least 1024")
  .max(2 ** 40, "is at most 1 TiB");
const rate = z.coerce.number("is a number").min(0.001, "is at least 0.001").max(1e9, "is at most 1000000000");
const count = z.coerce.number("is a number").int("is a whole number").min(1, "is at least 1").max(1e9, "is at most 1000000000");
const name = z
  .string()
  .min(1, "is not empty")
  .max(200, "has at most 200 characters")
  .regex(/^[!-*,-~]+$/, "has no spaces, plus signs or letters beyond ASCII");

interface Setting {
  readonly schema: z.ZodType;
  readonly fallback: string | undefined;
  readonly flag?: "boolean";
  readonly say: string;
}

/** Every setting: a flag, and an environment variable `RELAY_…` of the same name. The flag wins. */
export const SETTINGS = {
  port: { schema: port, fallback: "8420", say: "TCP port; 0 takes a free one" },
  host: { schema: z.string().min(1, "is not empty"), fallback: "127.0.0.1", say: "address to listen on" },
  data: { schema: z.string().min(1, "is not empty"), fallback: "./relay-data", say: "folder for the database and the sealed files" },
  web: {
    schema: z.string().min(1, "is not empty").optional(),
    fallback: undefined,
    say: "folder of the built web app to serve; none by default",
  },
  name: {
    schema: name.optional(),
    fallback: undefined,
    say: "the relay's name, pinned for ever by the logs founded on it; kept in the data folder, host and port at the first start by default",
  },
  "max-file": { schema: bytes, fallback: String(DEFAULT_LIMITS.file), say: "largest sealed file, bytes" },
  "member-bytes": { schema: bytes, fallback: String(DEFAULT_LIMITS.memberBytes), say: "what one member may keep in one log, bytes" },
  "member-rate": { schema: rate, fallback: String(DEFAULT_LIMITS.entriesPerSecond), say: "entries a second of one member in the long run" },
  "member-burst": { schema: count, fallback: String(DEFAULT_LIMITS.entriesBurst), say: "entries of one member at once" },
  "frame-rate": { schema: rate, fallback: String(DEFAULT_LIMITS.framesPerSecond), say: "frames a second of one device in the long run" },
  "frame-burst": { schema: count, fallback: String(DEFAULT_LIMITS.framesBurst), say: "frames of one device at once" },
  "address-connections": { schema: count, fallback: String(DEFAULT_LIMITS.addressConnections), say: "connections of one address at once" },
  "address-rate": { schema: rate, fallback: String(DEFAULT_LIMITS.connectsPerSecond), say: "new connections a second of one address" },
  "address-burst": { schema: count, fallback: String(DEFAULT_LIMITS.connectsBurst), say: "new connections of one address at once" },
  "found-rate": { schema: rate, fallback: String(DEFAULT_LIMITS.foundsPerSecond), say: "new logs a second of one address in the long run" },
  "found-burst": { schema: count, fallback: String(DEFAULT_LIMITS.foundsBurst), say: "new logs of one address at once" },
  "behind-proxy": { schema: z.boolean(), fallback: undefined, flag: "boolean", say: "believe the last X-Forwarded-For address" },
  tls: {
    schema: z.boolean(),
    fallback: undefined,
    flag: "boolean",
    say: "people reach this relay over TLS: send Strict-Transport-Security",
  },
  witnesses: {
    schema: z
      .string()
      .refine((text) => parseWitnesses(text) !== undefined, "is URL VERIFIER-KEY TOKEN, several separated by semicolons, at most 8")
      .optional(),
    fallback: undefined,
    say: "witnesses that cosign checkpoints: URL VERIFIER-KEY TOKEN, several separated by semicolons; none by default",
  },
  "witness-every": { schema: count, fallback: "60", say: "seconds between two rounds of asking the witnesses" },
  "witness-clients": {
    schema: z
      .string()
      .refine((text) => parseWitnessClients(text) !== undefined, "is NAME TOKEN, several separated by semicolons")
      .optional(),
    fallback: undefined,
    say: "be a witness for these relays: NAME TOKEN, several separated by semicolons; none by default",
  },
  "timestamp-authority": {
    schema: z
      .url({ protocol: /^https?$/, error: "is the http or https address of a time-stamp authority (RFC 3161)" })
      .max(500, "is too long")
      .optional(),
    fallback: undefined,
    say: "address of a time-stamp authority (RFC 3161) that stamps checkpoints; none by default",
  },
  "timestamp-hours": { schema: count, fallback: "24", say: "hours between two time stamps of one log" },
  "metrics-token": {
    schema: z.string().min(16, "has at least 16 characters").optional(),
    fallback: undefined,
    say: "bearer token for /metrics from other machines; without it only this machine may read them",
  },
  log: {
    schema: z.enum(LOG_LEVELS, "is error, warn, info or silent"),
    fallback: "info",
    say: "how much to log: error, warn, info or silent",
  },
} as const satisfies Record<string, Setting>;

type SettingName = keyof typeof SETTINGS;
export type Config = { readonly [K in SettingName]: z.output<(typeof SETTINGS)[K]["schema"]> };

/** What to start with, or what to print: the help (exit 0) or sentences about wrong settings (exit 1). */
export type ConfigAnswer = Result<Config, { readonly exit: 0 | 1; readonly say: string }>;

export function readConfig(argv: readonly string[], env: Readonly<Record<string, string | undefined>>): ConfigAnswer {
  const names = Object.keys(SETTINGS) as SettingName[];
  const options = Object.fromEntries(names.map((n) => [n, { type: isFlag(n) ? ("boolean" as const) : ("string" as const) }]));
  let flags: Readonly<Record<string, string | boolean | undefined>>;
  try {
    flags = parseArgs({ args: [...argv], options: { ...options, help: { type: "boolean", short: "h" } }, strict: true }).values;
  } catch (problem) {
    const said = problem instanceof Error ? (problem.message.split(". ")[0] ?? "") : "";
    return err({ exit: 1, say: `${said}. Every setting is listed by --help.` });
  }
  if (flags["help"] === true) return err({ exit: 0, say: help() });

  const problems: string[] = [];
  const values: Record<string, unknown> = {};
  for (const n of names) {
    const given = flags[n] ?? fromEnv(n, env) ?? (isFlag(n) ? false : SETTINGS[n].fallback);
    const read = (SETTINGS[n].schema as z.ZodType).safeParse(given);
    if (read.success) values[n] = read.data;
    else problems.push(`--${n} ${read.error.issues[0]?.message ?? "is wrong"}.`);
  }
  if (problems.length > 0) return err({ exit: 1, say: `These settings cannot be used:\n${problems.map((p) => `  ${p}`).join("\n")}` });
  return ok(values as unknown as Config);
}

const isFlag = (n: SettingName): boolean => "flag" in SETTINGS[n];
const envName = (n: SettingName): string => `RELAY_${n.replaceAll("-", "_").toUpperCase()}`;

function fromEnv(n: SettingName, env: Readonly<Record<string, string | undefined>>): string | boolean | undefined {
  const text = env[envName(n)];
  if (text === undefined || text === "") return undefined;
  return isFlag(n) ? ["1", "true", "yes"].includes(text.toLowerCase()) : text;
}

function help(): string {
  const rows = (Object.keys(SETTINGS) as SettingName[]).map((n) => {
    const setting: Setting = SETTINGS[n];
    const fallback = setting.fallback === undefined ? "" : ` (default ${setting.fallback})`;
    return `  --${n.padEnd(20)} ${envName(n).padEnd(26)} ${setting.say}${fallback}`;
  });
  return [
    "countersign-relay: passes and keeps sealed entries that it cannot read.",
    "",
    "Settings (flag, environment variable):",
    ...rows,
  ].join("\n");
}
