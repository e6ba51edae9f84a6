import type { Page } from "@playwright/test";
import { inDesktop } from "./desktop.ts";
import { goTo, openSample } from "./around.ts";
import { PASSPHRASE, refused, shot, type Shot } from "./shot.ts";

const desktopStorage = async (page: Page): Promise<void> => {
  await inDesktop(page);
  await page.getByText("Relay and storage").first().click();
  await page.getByLabel("Time-stamp authority of this computer").waitFor();
};

const look = async (page: Page, address: string): Promise<void> => {
  await page.getByRole("button", { name: "Move to another relay" }).click();
  await page.getByLabel("Address of the new relay").fill(address);
  await page.getByRole("button", { name: "Look whether it answers" }).click();
};

const ask = async (page: Page): Promise<void> => {
  await look(page, "https://relay.example.net");
  await page.getByText("answers, and speaks").waitFor();
  await page.getByRole("dialog").getByLabel("Your passphrase").fill(PASSPHRASE);
};

const lookThere = async (page: Page, address: string): Promise<void> => {
  await page.getByRole("button", { name: "The relay has moved" }).click();
  await page.getByLabel("Address of the new relay").fill(address);
  await page.getByRole("button", { name: "Look there" }).click();
};

/** The relay, what it did, and the way to another one. */
export const RELAY: readonly Shot[] = [
  shot("settings-storage", "/settings/storage", "stopped"),
  shot("settings-storage-outside", "/settings/storage"),
  shot("settings-storage-desktop", "/settings", "home", async (page) => {
    await desktopStorage(page);
    await page.getByRole("button", { name: "Use this authority" }).click();
    await page.getByText("It is asked from now on.").waitFor();
  }),
  shot("settings-storage-desktop-wrong", "/settings", "home", async (page) => {
    await desktopStorage(page);
    await page.getByLabel("Time-stamp authority of this computer").fill("stamp.example");
    await page.getByRole("button", { name: "Use this authority" }).click();
    await page.getByText("That can't be used").waitFor();
  }),
  shot("settings-storage-kept-for-now", "/settings/storage", "alone", async (page) => {
    await page.evaluate(() => {
      navigator.storage.persist = () => Promise.resolve(false);
    });
    await page.getByRole("button", { name: "Ask the browser to keep it" }).click();
    await page.getByText("The browser does not promise it yet").waitFor();
  }),
  shot("settings-storage-full", "/settings/storage", "full"),
  shot("settings-storage-refused", "/settings/storage", "refused"),
  shot("settings-storage-sample", "/start", "none", async (page) => {
    await openSample(page);
    await goTo(page, "/settings/storage", "Relay and storage");
  }),
  shot("settings-storage-giving", "/settings/storage", "lost!stand", async (page) => {
    await page.getByRole("button", { name: "Give them back" }).click();
    await page.getByRole("button", { name: "Stop" }).waitFor();
  }),
  refused("settings-storage-went-on", "/settings/storage", "lost!restoreRelay=relay-went-on", (page) =>
    page.getByRole("button", { name: "Give them back" }).click(),
  ),
  shot("settings-storage-lost", "/settings/storage", "lost"),
  shot("settings-storage-given", "/settings/storage", "lost", async (page) => {
    await page.getByRole("button", { name: "Give them back" }).click();
    await page.getByText("entries back").waitFor();
  }),
  ...["move-asked", "move-fork", "move-mine", "move-gone", "move-going", "move-stuck"].map((scenario) =>
    shot(`settings-${scenario}`, "/settings/storage", scenario, async (page) => {
      await page.getByText("relay.example.net").first().waitFor();
    }),
  ),
  shot("settings-move", "/settings/storage", "home", async (page) => {
    await page.getByRole("button", { name: "Move to another relay" }).click();
    await page.getByRole("dialog").waitFor();
  }),
  shot("settings-move-refused", "/settings/storage", "home", async (page) => {
    await look(page, "relay");
    await page.getByRole("alert").waitFor();
  }),
  shot("settings-move-check", "/settings/storage", "offline", async (page) => {
    await look(page, "https://relay.example.net");
    await page.getByText("answers, and speaks").waitFor();
  }),
  shot("settings-move-carrying", "/settings/storage", "home!stand", async (page) => {
    await ask(page);
    await page.getByRole("dialog").getByRole("button", { name: "Ask Sam" }).click();
    await page.getByText("Bringing the record").waitFor();
  }),
  refused("settings-move-less", "/settings/storage", "home!moveRelay=less-here", async (page) => {
    await ask(page);
    await page.getByRole("dialog").getByRole("button", { name: "Ask Sam" }).click();
  }),
  refused("settings-move-none", "/settings/storage", "home", (page) => lookThere(page, "https://relay.example.net")),
  shot("settings-move-followed", "/settings/storage", "home", async (page) => {
    await lookThere(page, "https://new.example.net");
    await page.getByText("Your record is there").waitFor();
  }),
  shot("settings-move-agree", "/settings/storage", "move-asked", async (page) => {
    await page.getByRole("button", { name: "Agree to the move" }).click();
    await page.getByRole("dialog").waitFor();
  }),
  shot("settings-move-follow", "/settings/storage", "home", async (page) => {
    await page.getByRole("button", { name: "The relay has moved" }).click();
    await page.getByRole("dialog").waitFor();
  }),
  shot("today-move", "/", "move-asked"),
  ...["again", "again-going"].map((scenario) =>
    shot(`settings-${scenario}`, "/settings/storage", scenario, async (page) => {
      await page.getByText("The two records").waitFor();
    }),
  ),
  shot("settings-move-fork-agree", "/settings/storage", "move-fork", async (page) => {
    await page.getByRole("button", { name: "Make the record whole" }).click();
    await page.getByRole("dialog").waitFor();
  }),
  shot("settings-move-heal", "/settings/storage", "stopped", async (page) => {
    await page.getByRole("button", { name: "Make the record whole on another relay" }).click();
    await page.getByRole("dialog").waitFor();
  }),
];
