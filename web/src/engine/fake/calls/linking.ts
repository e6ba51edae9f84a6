import type { LinkingApi } from "@countersign/shared/replica/api";
import type { LinkView } from "@countersign/shared/replica/link-view";
import { done, no, PASSPHRASE, tell } from "../answers.ts";
import { RELAY } from "../household.ts";
import type { World } from "../world.ts";

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

/** A second device of one's own, from either side. */
export function linkingCalls(world: World): LinkingApi {
  const show = (link: LinkView): void => {
    world.link = link;
    tell(world, "link");
  };
  return {
    linkState: () => Promise.resolve(world.link),
    addDevice: (typed) => {
      if (typed !== PASSPHRASE) return no("passphrase-wrong");
      const text = `countersign-device:1:${RELAY}:${CODE.replace(/-/g, "")}`;
      show(OLD[world.scenario] ?? { state: "code", code: CODE, text, expires: Date.now() + TEN_MINUTES, offline: false });
      return done();
    },
    typeDigits: (digits) => {
      const { link } = world;
      if (link.state !== "digits") return no("code-expired");
      if (digits === DIGITS) {
        show({ state: "giving", done: 0, of: 2, offline: false });
        return done();
      }
      if (link.left === 1) {
        show({ state: "failed", side: "old", error: { code: "code-dead" } });
        return no("code-dead");
      }
      show({ ...link, left: link.left - 1 });
      return no("digits-wrong", { limit: link.left - 1 });
    },
    takeOver: ({ code, relay }) => {
      if (relay.includes("unreachable")) return no("relay-unreachable");
      if (code.replace(/[^0-9A-Za-z]/g, "").length < 26) return no("code-broken");
      show(NEW[world.scenario] ?? { state: "showing", digits: DIGITS, offline: false });
      return done();
    },
    fetchMore: ({ code }) => {
      if (code.replace(/[^0-9A-Za-z]/g, "").length < 26) return no("code-broken");
      show({ state: "showing", digits: DIGITS, offline: false });
      return done();
    },
    stopLink: () => {
      show({ state: "off" });
      return Promise.resolve();
    },
  };
}
