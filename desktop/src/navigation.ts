/** A window shows the app and never anything else: no other page, no second window, no embedded one. */
import type { App, Session, WebContents } from "electron";
import { ORIGIN } from "./scheme.ts";

/** Whether a download may start: only what the page itself made. Everything else would be a file of someone's choosing. */
export const mayDownload = (url: string): boolean => url.startsWith(`blob:${ORIGIN}/`);

function confine(contents: WebContents): void {
  // The app changes its own address through the history, which does not ask; so whatever asks is leaving.
  contents.on("will-navigate", (event) => event.preventDefault());
  contents.on("will-redirect", (event) => event.preventDefault());
  contents.on("will-attach-webview", (event) => event.preventDefault());
  contents.setWindowOpenHandler(() => ({ action: "deny" }));
}

export function guardNavigation(app: App): void {
  app.on("web-contents-created", (_event, contents) => confine(contents));
}

export function guardDownloads(session: Session): void {
  session.on("will-download", (event, item) => {
    if (!mayDownload(item.getURL())) event.preventDefault();
  });
}
