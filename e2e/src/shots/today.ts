import { goOffline, openSample, withExit } from "./around.ts";
import { shot, type Shot } from "./shot.ts";

/** Today in every state that a record and its relay may be in. */
export const TODAY: readonly Shot[] = [
  shot("today-held-refused", "/", "held-refused"),
  shot("today", "/"),
  shot("today-alone", "/", "alone"),
  shot("today-empty", "/", "empty"),
  shot("today-invited", "/", "invited"),
  shot("today-confirm", "/", "confirm"),
  shot("today-waiting", "/", "waiting"),
  shot("today-uncompared", "/", "uncompared"),
  shot("today-catching", "/", "catching"),
  shot("today-no-network", "/", "offline", goOffline),
  shot("today-new-version", "/", "new-version"),
  shot("today-old-tab", "/", "old-tab"),
  shot("today-crash", "/", "nonsense"),
  shot("today-no-session", "/", "home!households"),
  shot("today-offline", "/", "offline"),
  shot("today-stopped", "/", "stopped"),
  shot("today-lost", "/", "lost"),
  shot("today-refused", "/", "refused"),
  shot("today-clock", "/", "clock"),
  shot("today-restored", "/", "restored"),
  shot("today-full", "/", "full"),
  shot("today-left", "/", "left"),
  shot("today-closed", "/", "closed"),
  shot("today-update", "/", "update"),
  shot("today-added", "/", "added"),
  shot("today-used", "/", "used"),
  shot("today-used-here", "/", "used-here"),
  shot("today-removed", "/", "removed"),
  shot("today-taken", "/", "taken", async (page) => {
    await page.getByRole("button", { name: "Not me" }).click();
    await page.getByRole("link", { name: "Look at your devices" }).waitFor();
  }),
  shot("today-slow", "/", "slow"),
  shot("today-broken", "/", "broken"),
  shot("today-sample", "/start", "none", openSample),
  shot("today-quick-exit", "/", "home", withExit),
  shot("more", "/more"),
  shot("lost", "/nowhere"),
];
