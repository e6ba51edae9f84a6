import { err, ok } from "@countersign/shared/base/result";
import type { ActError } from "@countersign/shared/replica/answer";
import type { LinkView } from "@countersign/shared/replica/link-view";
import type { ReplicaApi } from "@countersign/shared/replica/api";
import { RELAY } from "./household.ts";
import type { World } from "./world.ts";

type LinkCalls = Pick<ReplicaApi, "linkState" | "addDevice" | "typeDigits" | "takeOver" | "fetchMore" | "stopLink">;

const CODE = "4K7Q-9TXA-0MBC-Z2RH-W6EV-31NP-8G";
const DIGITS = "482915";
const TEN_MINUTES = 600_000;

/** What a linking looks like after the first step, by the scenario's name: everything that comes later is shown at once. */
const OLD: Readonly<Record<string, LinkView>> = {
  "link-digits": { state: "digits", left: 3, expires: 0, offline: false },
  "link-giving": { state: "giving", done: 1, of: 2, offline: true },
  "link-finishing": { state: "finishing", name: "Tablet", offline: false },
  "link-given": { state: "given", name: "Tablet" },
  "link-failed": { state: "failed", side: "old", error: { code: "pairing-broken" } },
};
const NEW: Readonly<Record<string, LinkView>> = {
  "take-offline": { state: "showing", digits: DIGITS, offline: true },
  "take-taking": { state: "taking", done: 1, of: 3, offline: false },
  "take-syncing": { state: "syncing", done: 1_200, of: 4_800, offline: false },
  "take-taken": { state: "taken" },
  "take-failed": { state: "failed", side: "new", error: { code: "code-dead" } },
};

export function linkCalls(world: World, passphrase: string): LinkCalls {
  const show = (link: LinkView): void => {
    world.link = link;
    for (const listener of world.listeners) listener({ topic: "link" });
  };
  const no = (error: ActError): ReturnType<ReplicaApi["typeDigits"]> => Promise.resolve(err(error));
  return {
    linkState: () => Promise.resolve(world.link),
    addDevice: (typed) => {
      if (typed !== passphrase) return no({ code: "passphrase-wrong" });
      const text = `countersign-device:1:${RELAY}:${CODE.replace(/-/g, "")}`;
      show(OLD[world.scenario] ?? { state: "code", code: CODE, text, expires: Date.now() + TEN_MINUTES, offline: false });
      return Promise.resolve(ok(undefined));
    },
    typeDigits: (digits) => {
      const { link } = world;
      if (link.state !== "digits") return no({ code: "code-expired" });
      if (digits === DIGITS) {
        show({ state: "giving", done: 0, of: 2, offline: false });
        return Promise.resolve(ok(undefined));
      }
      if (link.left === 1) {
        show({ state: "failed", side: "old", error: { code: "code-dead" } });
        return no({ code: "code-dead" });
      }
      show({ ...link, left: link.left - 1 });
      return no({ code: "digits-wrong", limit: link.left - 1 });
    },
    takeOver: ({ code, relay }) => {
      if (relay.includes("unreachable")) return no({ code: "relay-unreachable" });
      if (code.replace(/[^0-9A-Za-z]/g, "").length < 26) return no({ code: "code-broken" });
      show(NEW[world.scenario] ?? { state: "showing", digits: DIGITS, offline: false });
      return Promise.resolve(ok(undefined));
    },
    fetchMore: ({ code }) => {
      if (code.replace(/[^0-9A-Za-z]/g, "").length < 26) return no({ code: "code-broken" });
      show({ state: "showing", digits: DIGITS, offline: false });
      return Promise.resolve(ok(undefined));
    },
    stopLink: () => {
      show({ state: "off" });
      return Promise.resolve();
    },
  };
}
