import { err } from "../../base/result.ts";
import type { AddDevice } from "../linking/add-device.ts";
import type { LinkingApi } from "../api.ts";
import type { ReplicaCore } from "../core.ts";
import type { LinkDesk } from "../linking/link-desk.ts";
import type { TakeOver } from "../linking/take-over.ts";
import { afterPassphrase, unfitPassphrase } from "./passphrase.ts";

/** A second device of one's own, from either side. */
export const linkingCalls = (
  core: ReplicaCore,
  desk: LinkDesk,
  addDevice: AddDevice,
  takeOver: TakeOver,
  stop: () => void,
): LinkingApi => ({
  linkState: () => Promise.resolve(desk.view),
  addDevice: (passphrase) => afterPassphrase(core, passphrase, () => addDevice.begin()),
  typeDigits: (digits) => addDevice.typeDigits(digits),
  takeOver: async (input) => {
    const unfit = await unfitPassphrase(core, input.passphrase);
    return unfit ? err(unfit) : takeOver.begin(input);
  },
  fetchMore: (input) => takeOver.beginMore(input),
  stopLink: () => {
    stop();
    return Promise.resolve();
  },
});
