let pending: string | undefined;

/**
 * An invitation arrives as `#join=…`. Its secret leaves the address bar and the history at once; the link waits here for the join
 * screen.
 */
export function takeLinkFromAddress(): void {
  if (!location.hash.startsWith("#join=")) return;
  pending = location.href;
  history.replaceState(null, "", `/join${location.search}`);
}

export const pendingLink = (): string | undefined => pending;
