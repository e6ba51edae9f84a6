import { inviteLink } from "@countersign/shared/charter/invite-link";
import { toId } from "@countersign/shared/base/bytes";
import type { Page } from "@playwright/test";
import { onIphone, scan } from "./around.ts";
import { alerted, CODE, PASSPHRASE, refused, shot, type Shot } from "./shot.ts";

const fillStart = async (page: Page): Promise<void> => {
  await page.getByLabel("Your name").fill("Alex");
  await page.getByLabel("Passphrase", { exact: true }).fill(PASSPHRASE);
  await page.getByText(/strong/i).waitFor();
};

const fillTake = async (page: Page): Promise<void> => {
  await page.getByLabel("A name for this device").fill("Tablet");
  await page.getByLabel("Passphrase for this device").fill(PASSPHRASE);
  await page.getByText(/strong/i).waitFor();
};

const takeCode = async (page: Page): Promise<void> => {
  await page.getByLabel("Code of your other device").fill(CODE);
  await fillTake(page);
  await page.getByRole("button", { name: "Continue" }).click();
  await page.getByLabel("Code of your other device").waitFor({ state: "detached" });
};

const found = async (page: Page): Promise<void> => {
  await fillStart(page);
  await page.getByRole("button", { name: "Start" }).click();
};

const lookAt = async (page: Page, link: string): Promise<void> => {
  await page.getByLabel("Link").fill(link);
  await page.getByRole("button", { name: "Look at the link" }).click();
};

const preview = async (page: Page): Promise<void> => {
  await lookAt(page, "https://relay.example.org/#join=abc");
  await page.getByLabel("Your name").waitFor();
};

const join = async (page: Page): Promise<void> => {
  await preview(page);
  await fillStart(page);
  await page.getByRole("button", { name: "Join" }).click();
};

const restore = async (page: Page): Promise<void> => {
  await page.getByLabel("Words of the sheet").fill("abandon ladder orange");
  await page.getByLabel("Relay address").fill("https://relay.example.org");
  await page.getByLabel("New passphrase").fill(PASSPHRASE);
  await page.getByText(/strong/i).waitFor();
  await page.getByRole("button", { name: "Restore" }).click();
};

const unlockWith = async (page: Page, passphrase: string): Promise<void> => {
  await page.getByLabel("Passphrase", { exact: true }).fill(passphrase);
  await page.getByRole("button", { name: "Unlock" }).click();
};

const forgot = async (page: Page): Promise<void> => {
  await page.getByRole("button", { name: "Passphrase forgotten" }).click();
  await page.getByLabel("Words of the sheet").waitFor();
};

/** Safari on an iPhone, with an invitation. The page goes on as it is: the name of the browser is asked when a screen is drawn. */
const invitedOnIphone = async (page: Page): Promise<void> => {
  const { origin } = new URL(page.url());
  const bytes = (n: number): Uint8Array => Uint8Array.from({ length: 32 }, (_, i) => (i * 37 + n * 91) % 256);
  const link = inviteLink(origin, { relay: "https://relay.example.org", log: toId(bytes(1)), invite: toId(bytes(2)), secret: bytes(3) });
  await page.goto(link.replace("/#", "/?fake=none#"));
  await page.getByLabel("Link").waitFor();
  await onIphone(page);
  await page.getByRole("link", { name: "Back" }).click();
  await page.getByText("Take your invitation along").waitFor();
};

/** The first screen, and a new record. */
const FOUNDING: readonly Shot[] = [
  shot("start", "/start", "none"),
  shot("start-storage-refused", "/start", "storage-refused", alerted),
  shot("start-iphone", "/start", "none", async (page) => {
    await onIphone(page);
    await page.getByText("Start a household").click();
    await page.getByRole("link", { name: "Back" }).click();
    await page.getByText("Put the app on your Home Screen first").waitFor();
  }),
  shot("start-iphone-invited", "/start", "none", invitedOnIphone),
  shot("start-sample-opening", "/start", "none!stand", async (page) => {
    await page.getByText("Look at a sample household").click();
    await page.getByRole("progressbar").waitFor();
  }),
  shot("start-no-engine", "/", "no-engine"),
  shot("new", "/start/new", "none", fillStart),
  shot("new-refused", "/start/new", "none", async (page) => {
    await page.getByLabel("Relay address").fill("relay");
    await page.getByRole("button", { name: "Start" }).click();
  }),
  shot("new-known-passphrase", "/start/new", "none", async (page) => {
    await page.getByLabel("Passphrase", { exact: true }).fill("unbelievable");
    await page.getByText("on lists of known passwords").waitFor();
  }),
  refused("new-unreachable", "/start/new", "none!start=relay-unreachable", found),
  refused("new-relay-version", "/start/new", "none!start=relay-version", found),
  refused("new-storage-refused", "/start/new", "none!start=storage-refused", found),
  shot("new-sheet", "/start/new", "none", async (page) => {
    await found(page);
    await page.getByText("The words, in this order").waitFor();
  }),
  shot("new-sheet-confirm", "/start/new", "none", async (page) => {
    await found(page);
    await page.getByRole("button", { name: "Continue" }).click();
  }),
  refused("new-sheet-wrong", "/start/new", "none", async (page) => {
    await found(page);
    await page.getByRole("button", { name: "Continue" }).click();
    for (const field of await page.getByLabel(/^Word \d+$/).all()) await field.fill("umbrela");
    await page.getByRole("button", { name: "Check the words" }).click();
  }),
];

/** The record from another device of one's own. */
const TAKING: readonly Shot[] = [
  shot("take", "/start/device", "none"),
  refused("take-refused", "/start/device", "none", async (page) => {
    await page.getByLabel("Code of your other device").fill("4K7Q");
    await fillTake(page);
    await page.getByRole("button", { name: "Continue" }).click();
  }),
  shot("take-scan", "/start/device", "none", (page) => scan(page, true)),
  shot("take-digits", "/start/device", "none", takeCode),
  shot("take-offline", "/start/device", "take-offline", takeCode),
  shot("take-taking", "/start/device", "take-taking", takeCode),
  shot("take-syncing", "/start/device", "take-syncing", takeCode),
  shot("take-taken", "/start/device", "take-taken", takeCode),
  shot("take-failed", "/start/device", "take-failed", takeCode),
];

/** The record from the sheet. */
const RESTORING: readonly Shot[] = [
  shot("restore", "/restore", "none"),
  refused("restore-refused", "/restore", "none!restore=sheet-unknown", restore),
  refused("restore-broken", "/restore", "none", restore),
  shot("restore-scan", "/restore", "none", (page) => scan(page, true)),
  shot("restore-no-camera", "/restore", "none", (page) => scan(page, false)),
];

/** The way in with a link. */
const JOINING: readonly Shot[] = [
  shot("join", "/join", "none"),
  refused("join-broken", "/join", "none", (page) => lookAt(page, "https://relay.example.org/")),
  refused("join-other-version", "/join", "none!previewInvite=link-other-version", (page) =>
    lookAt(page, "https://relay.example.org/#join=abc"),
  ),
  shot("join-scan", "/join", "none", (page) => scan(page, true)),
  shot("join-no-camera", "/join", "none", (page) => scan(page, false)),
  shot("join-iphone", "/#join=o2F2AWFyeBlodHRwczovL3JlbGF5LmV4YW1wbGUub3JnYWxYIGV4YW1wbGUtbG9n", "none", async (page) => {
    await page.getByLabel("Link").waitFor();
    await onIphone(page);
    await page.getByLabel("Link").press("End");
    await page.keyboard.type(" ");
    await page.getByText("Put the app on your Home Screen first").waitFor();
  }),
  shot("join-preview", "/join", "none", preview),
  shot("join-have", "/join", "alone", preview),
  refused("join-used", "/join", "none!join=link-used", join),
  refused("join-expired", "/join", "none!join=link-expired", join),
  shot("join-sheet", "/join", "none", async (page) => {
    await join(page);
    await page.getByText("The words, in this order").waitFor();
  }),
];

/** The locked app. */
const UNLOCKING: readonly Shot[] = [
  shot("unlock", "/messages", "locked"),
  refused("unlock-wrong", "/", "locked", (page) => unlockWith(page, "wrong")),
  shot("unlock-wait", "/", "wait"),
  shot("unlock-wait-long", "/", "wait-long"),
  shot("unlock-ways", "/", "ways"),
  refused("unlock-way-refused", "/", "ways", async (page) => {
    await page.evaluate(() => {
      navigator.credentials.get = () => Promise.reject(new DOMException("cancelled", "NotAllowedError"));
    });
    await page.getByRole("button", { name: "Unlock with face, finger or security key" }).click();
  }),
  shot("unlock-forgotten", "/", "locked", forgot),
  refused("unlock-forgotten-refused", "/", "locked!resetPassphrase=sheet-not-this", async (page) => {
    await forgot(page);
    await page.getByLabel("Words of the sheet").fill("abandon ladder orange");
    await page.getByLabel("New passphrase").fill(PASSPHRASE);
    await page.getByRole("button", { name: "Unlock" }).click();
  }),
  shot("unlock-join", "/join", "locked"),
];

/** The ways into the app: a new record, another device, the sheet, a link; and the locked one. */
export const STARTING: readonly Shot[] = [...FOUNDING, ...TAKING, ...RESTORING, ...JOINING, ...UNLOCKING];
