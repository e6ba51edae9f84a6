// What the shipped program must be fused to: no general Node.js, no debugger from the command line, no code from elsewhere.
import { FuseState, FuseV1Options, getCurrentFuseWire } from "@electron/fuses";

const ON = [FuseV1Options.EnableCookieEncryption, FuseV1Options.EnableEmbeddedAsarIntegrityValidation, FuseV1Options.OnlyLoadAppFromAsar];
const OFF = [
  FuseV1Options.RunAsNode,
  FuseV1Options.EnableNodeOptionsEnvironmentVariable,
  FuseV1Options.EnableNodeCliInspectArguments,
  FuseV1Options.LoadBrowserProcessSpecificV8Snapshot,
  FuseV1Options.GrantFileProtocolExtraPrivileges,
];

/**
 * The fuses of a program that are not as they must be, by name. One that this Electron does not have can't be wrong.
 * @param {string} executable
 * @returns {Promise<string[]>}
 */
export async function wrongFuses(executable) {
  const wire = await getCurrentFuseWire(executable);
  /** @param {readonly FuseV1Options[]} fuses @param {FuseState} wanted */
  const wrong = (fuses, wanted) =>
    fuses.filter((fuse) => wire[fuse] !== undefined && wire[fuse] !== wanted && wire[fuse] !== FuseState.INHERIT);
  return [...wrong(ON, FuseState.ENABLE), ...wrong(OFF, FuseState.DISABLE)].map((fuse) => FuseV1Options[fuse]);
}
