/** A relay's address as it stands in links and on sheets: an http or https origin, nothing after it. */
export const isRelayAddress = (text: string): boolean =>
  text.length <= 255 && /^https?:\/\/([A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9a-fA-F:.]+\])(?::[0-9]{1,5})?$/.test(text);

/** What a relay's address is in links and contents: without a slash at its end. */
export const plainAddress = (address: string): string => address.replace(/\/+$/, "");
