import { shot, type Shot } from "./shot.ts";

/** Today in every state that a record and its relay may be in. */
export const TODAY: readonly Shot[] = [
  shot("today", "/"),
  shot("today-alone", "/", "alone"),
  shot("today-empty", "/", "empty"),
  shot("today-invited", "/", "invited"),
  shot("today-confirm", "/", "confirm"),
  shot("today-waiting", "/", "waiting"),
  shot("today-offline", "/", "offline"),
  shot("today-stopped", "/", "stopped"),
  shot("today-lost", "/", "lost"),
  shot("today-refused", "/", "refused"),
  shot("today-clock", "/", "clock"),
  shot("today-restored", "/", "restored"),
  shot("today-full", "/", "full"),
  shot("today-left", "/", "left"),
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
  shot("today-sample", "/start", "none", async (page) => {
    await page.getByText("Look at a sample household").click();
    await page.getByText("made up").waitFor();
  }),
  shot("today-quick-exit", "/", "home", async (page) => {
    await page.evaluate(() => {
      localStorage.setItem("quick-exit", "on");
    });
    await page.reload();
    await page.getByRole("button", { name: "Exit this page" }).waitFor();
  }),
  shot("more", "/more"),
  shot("lost", "/nowhere"),
];
