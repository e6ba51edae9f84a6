import type { DesktopApi, OpenedFile } from "@countersign/shared/base/desktop";
import { useEffect } from "react";
import { useNavigate } from "react-router";
import { handOver } from "../screens/verify/handover.ts";

declare global {
  interface Window {
    readonly countersignDesktop?: DesktopApi;
  }
}

/** What the desktop app offers its page; undefined in a browser. */
export const desktop = (): DesktopApi | undefined => window.countersignDesktop;

/** Takes what was opened with the app to the verification screen's hands; false when there is nothing. */
function handOverLast(files: readonly OpenedFile[]): boolean {
  // One at a time can be looked at: the last that was given.
  const last = files.at(-1);
  if (last !== undefined) handOver({ name: last.name, file: last });
  return last !== undefined;
}

/**
 * In the desktop app: a start with a snapshot opens on the verification screen. To be awaited before anything is drawn, since the first
 * screen may send the person elsewhere.
 */
export async function startWithOpened(): Promise<void> {
  // Refused only to a page that is not ours, so there is nothing to tell a person.
  const files =
    (await desktop()
      ?.takeOpened()
      .catch(() => [])) ?? [];
  if (handOverLast(files)) history.replaceState(null, "", "/verify");
}

/**
 * In the desktop app: a snapshot that is opened later (a double click, the menu, a second start) goes to the verification screen, and the menu
 * leads to what version this is.
 */
export function useDesktopAsks(): void {
  const navigate = useNavigate();
  useEffect(() => desktop()?.about(() => void navigate("/settings/about")), [navigate]);
  useEffect(() => {
    const api = desktop();
    return api?.openedSnapshots(() => {
      api.takeOpened().then(
        (files) => {
          if (handOverLast(files)) void navigate("/verify");
        },
        () => undefined,
      );
    });
  }, [navigate]);
}
