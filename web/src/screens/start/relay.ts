/** The relay that served this page, where one did; the desktop app is served by none. */
export const ownRelay = (): string => (/^https?:$/.test(location.protocol) ? location.origin : "");

/** Whether a text can be a relay's address: https, or http on this very machine. */
export function relayAddress(text: string): boolean {
  try {
    const url = new URL(text.trim());
    return url.protocol === "https:" || (url.protocol === "http:" && /^(localhost|127\.0\.0\.1|\[::1\])$/.test(url.hostname));
  } catch {
    return false;
  }
}
