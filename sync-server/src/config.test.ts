import { describe, expect, test } from "vitest";
import { readConfig, SETTINGS } from "./config.ts";

const say = (argv: string[], env: Record<string, string> = {}): string => {
  const read = readConfig(argv, env);
  return read.ok ? "accepted" : read.error.say;
};

describe("config", () => {
  test("[W1] without settings it listens on this machine only", () => {
    const read = readConfig([], {});
    expect(read.ok && [read.value.host, read.value.port, read.value.tls, read.value["max-file"]]).toEqual([
      "127.0.0.1",
      8420,
      false,
      26_214_400,
    ]);
  });

  test("[W1] a flag wins over the environment", () => {
    const read = readConfig(["--port", "0"], { RELAY_PORT: "99", RELAY_HOST: "::1", RELAY_TLS: "yes" });
    expect(read.ok && [read.value.port, read.value.host, read.value.tls]).toEqual([0, "::1", true]);
  });

  test("[W1] help lists every setting and asks for exit 0", () => {
    const read = readConfig(["--help"], {});
    expect(!read.ok && read.error.exit).toBe(0);
    for (const name of Object.keys(SETTINGS)) expect(say(["--help"])).toContain(`--${name}`);
  });

  test("[W6] wrong settings are named, each in a sentence", () => {
    expect(say(["--port", "70000", "--log", "loud"])).toBe(
      "These settings cannot be used:\n  --port is at most 65535.\n  --log is error, warn, info or silent.",
    );
    expect(say(["--colour", "red"])).toMatch(/--colour/);
    expect(say(["--name", "two words"])).toMatch(/--name has no spaces/);
    expect(say([], { RELAY_MAX_FILE: "few" })).toMatch(/--max-file is a number of bytes/);
  });
});
