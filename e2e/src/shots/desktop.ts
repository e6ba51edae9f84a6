import type { DesktopApi, SaveProblem } from "@countersign/shared/base/desktop";
import type { Page } from "@playwright/test";

/**
 * From now on the same page as the desktop app shows it, until another one is loaded. `begin` is what its main process says to a save; a piece of one is never
 * written.
 */
export const inDesktop = async (page: Page, begin: "begun" | SaveProblem = "begun"): Promise<void> => {
  await page.evaluate((answer) => {
    const never = new Promise<never>(() => undefined);
    const api: DesktopApi = {
      openedSnapshots: () => () => undefined,
      away: () => () => undefined,
      about: () => () => undefined,
      takeOpened: () => Promise.resolve([]),
      saving: {
        begin: () => Promise.resolve(answer === "begun" ? { save: "1" } : answer),
        write: () => never,
        finish: () => never,
        drop: () => Promise.resolve(undefined),
      },
      keyStore: {
        available: () => Promise.resolve(true),
        seal: () => Promise.resolve(undefined),
        unseal: () => Promise.resolve(undefined),
      },
      authority: {
        get: () => Promise.resolve("https://stamp.example.net/tsr"),
        set: (address) => Promise.resolve(address === undefined || address.startsWith("https://")),
      },
      versions: () => Promise.resolve({ app: "0.1.0", electron: "1", chrome: "1" }),
    };
    Object.assign(globalThis, { countersignDesktop: api });
  }, begin);
};
