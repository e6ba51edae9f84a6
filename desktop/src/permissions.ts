/**
 * What a page may ask of the computer. Electron's default says yes to everything; here everything is refused but the few with
 * `allow`, each with its reason, and what is not in the table is refused too.
 */
import type { Session } from "electron";
import { ORIGIN } from "./scheme.ts";

interface Rule {
  readonly allow: boolean;
  readonly reason: string;
}

const allow = (reason: string): Rule => ({ allow: true, reason });
const deny = (reason: string): Rule => ({ allow: false, reason });

export const PERMISSIONS: Readonly<Record<string, Rule>> = {
  "clipboard-sanitized-write": allow("copying an invitation's link or the safety words"),
  "persistent-storage": allow("the record must not be evicted from the device"),
  fullscreen: allow("looking at a file in full"),
  media: allow("the camera for QR codes; the microphone is refused below"),

  "clipboard-read": deny("pasting needs no permission; reading unasked would see passwords"),
  "deprecated-sync-clipboard-read": deny("as clipboard-read"),
  "display-capture": deny("nothing records the screen"),
  geolocation: deny("nobody's place is any of the record's business"),
  "idle-detection": deny("presence is never shown; auto-lock uses its own timer"),
  keyboardLock: deny("no need, and it can hold a person in a window"),
  mediaKeySystem: deny("no protected media"),
  midi: deny("no need"),
  midiSysex: deny("no need"),
  notifications: deny("a notification would show on a screen that others see"),
  pointerLock: deny("no need, and it can hold a person in a window"),
  openExternal: deny("no link starts another program"),
  "speaker-selection": deny("no sound"),
  "storage-access": deny("no other site is ever embedded"),
  "top-level-storage-access": deny("no other site is ever embedded"),
  "window-management": deny("one window where the person put it"),
  fileSystem: deny("files come and go through the save and open dialogs only"),
  hid: deny("no devices"),
  serial: deny("no devices"),
  usb: deny("no devices"),
  bluetooth: deny("no devices"),
  sensors: deny("no need"),
  unknown: deny("what has no name has no reason"),
};

/** True for our own pages; `from` is an origin or an address. */
export const isOurs = (from: string): boolean => from === ORIGIN || from.startsWith(`${ORIGIN}/`);

/**
 * Whether a page may have what it asks for.
 * @param media for `media`: what it wants to record
 */
export function isAllowed(permission: string, from: string, media: readonly string[] = []): boolean {
  const rule = Object.hasOwn(PERMISSIONS, permission) ? PERMISSIONS[permission] : undefined;
  if (!isOurs(from) || rule?.allow !== true) return false;
  return permission !== "media" || (media.length > 0 && media.every((kind) => kind === "video"));
}

/** Makes the session ask the table for every permission. */
export function guardPermissions(session: Session): void {
  session.setPermissionRequestHandler((_contents, permission, answer, details) => {
    const media = "mediaTypes" in details ? (details.mediaTypes ?? []) : [];
    answer(isAllowed(permission, details.requestingUrl, media));
  });
  session.setPermissionCheckHandler((_contents, permission, origin, details) =>
    isAllowed(permission, origin, details.mediaType === undefined ? [] : [details.mediaType]),
  );
  session.setDevicePermissionHandler(() => false);
}
