import type { DesktopApi, SaveProblem } from "@countersign/shared/base/desktop";
import type { Page } from "@playwright/test";

/** One picture: an address, a scenario of the in-memory replica, and what to do before it is taken. */
export interface Shot {
  readonly name: string;
  readonly path: string;
  readonly scenario: string;
  readonly before?: (page: Page) => Promise<void>;
}

const shot = (name: string, path: string, scenario = "home", before?: Shot["before"]): Shot =>
  before === undefined ? { name, path, scenario } : { name, path, scenario, before };

const PASSPHRASE = "correct horse battery staple";

const firstRow = async (page: Page): Promise<void> => {
  const row = page.locator("[role=list] a.cs-row").first();
  const to = (await row.getAttribute("href")) ?? "";
  // A notice that comes late moves the row away from under the click.
  for (let tries = 0; tries < 5 && !page.url().includes(to); tries++) {
    await row.click();
    await page.waitForURL((url) => url.pathname === to, { timeout: 2_000 }).catch(() => undefined);
  }
  await page.locator("h1").waitFor();
};

const fillStart = async (page: Page): Promise<void> => {
  await page.getByLabel("Your name").fill("Alex");
  await page.getByLabel("Passphrase", { exact: true }).fill(PASSPHRASE);
  await page.getByText(/strong/i).waitFor();
};

const lookBack = async (page: Page): Promise<void> => {
  await page.getByLabel("As it stood on").fill("2026-11-10T12:00");
  await page.getByRole("button", { name: "Show it as it stood then" }).click();
  await page.getByRole("button", { name: "Back to now" }).waitFor();
};

const fillTake = async (page: Page): Promise<void> => {
  await page.getByLabel("A name for this device").fill("Tablet");
  await page.getByLabel("Passphrase for this device").fill(PASSPHRASE);
  await page.getByText(/strong/i).waitFor();
};

const takeCode = async (page: Page): Promise<void> => {
  await page.getByLabel("Code of your other device").fill("4K7Q-9TXA-0MBC-Z2RH-W6EV-31NP-8G");
  await fillTake(page);
  await page.getByRole("button", { name: "Continue" }).click();
  await page.getByLabel("Code of your other device").waitFor({ state: "detached" });
};

/** Passphrase and code on the device that has the record; the scenario says how far it goes from there. */
const showCode = async (page: Page): Promise<void> => {
  await page.getByRole("button", { name: "Show a code" }).click();
  await page.getByRole("dialog").getByLabel("Your passphrase").fill(PASSPHRASE);
  await page.getByRole("dialog").getByRole("button", { name: "Show a code" }).click();
  await page.getByRole("dialog").waitFor({ state: "detached" });
};

const verifyFile =
  (first: number, name = "snapshot-2026.zip", shows = "Verdict") =>
  async (page: Page): Promise<void> => {
    await page.locator("input[type=file]").setInputFiles({ name, mimeType: "application/zip", buffer: Buffer.alloc(100, first) });
    await page.getByText(shows).first().waitFor();
  };

const proofFile =
  (last: number) =>
  async (page: Page): Promise<void> => {
    const buffer = Buffer.concat([Buffer.from("countersign proof 1\n"), Buffer.alloc(40, last)]);
    await page
      .locator("input[type=file]")
      .setInputFiles({ name: "relay-fork.countersign-proof", mimeType: "application/octet-stream", buffer });
    await page.getByRole("heading", { name: "Verdict" }).waitFor();
  };

const besideFile =
  (first: number) =>
  async (page: Page): Promise<void> => {
    await verifyFile(1)(page);
    await page
      .locator("input[type=file]")
      .setInputFiles({ name: "snapshot-of-sam.zip", mimeType: "application/zip", buffer: Buffer.alloc(100, first) });
    await page.getByRole("heading", { name: "Change by change" }).waitFor();
  };

/**
 * From now on the same page as the desktop app shows it, until another one is loaded. `begin` is what its main process says to a save; a piece of one is never
 * written.
 */
const inDesktop = async (page: Page, begin: "begun" | SaveProblem = "begun"): Promise<void> => {
  // What takes the pictures is compiled so that it names each function with this helper, which the page has not.
  await page.evaluate("globalThis.__name ??= (named) => named");
  await page.evaluate((answer) => {
    const never = new Promise<never>(() => undefined);
    const api: DesktopApi = {
      openedSnapshots: () => () => undefined,
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

const desktopStorage = async (page: Page): Promise<void> => {
  await inDesktop(page);
  await page.getByText("Relay and storage").first().click();
  await page.getByLabel("Time-stamp authority of this computer").waitFor();
};

const makeSnapshot = async (page: Page): Promise<void> => {
  await page.getByRole("button", { name: "Make the snapshot" }).click();
  await page.getByRole("dialog").getByLabel("Your passphrase").fill(PASSPHRASE);
  await page.getByRole("dialog").getByRole("button", { name: "Make the snapshot" }).click();
  await page.getByText("The snapshot is ready").waitFor();
};

/** Every screen, and the states that it has. */
export const SHOTS: readonly Shot[] = [
  shot("start", "/start", "none"),
  shot("new", "/start/new", "none", fillStart),
  shot("new-refused", "/start/new", "none", async (page) => {
    await page.getByLabel("Relay address").fill("relay");
    await page.getByRole("button", { name: "Start" }).click();
  }),
  shot("new-sheet", "/start/new", "none", async (page) => {
    await fillStart(page);
    await page.getByRole("button", { name: "Start" }).click();
    await page.getByText("The words, in this order").waitFor();
  }),
  shot("new-sheet-confirm", "/start/new", "none", async (page) => {
    await fillStart(page);
    await page.getByRole("button", { name: "Start" }).click();
    await page.getByRole("button", { name: "Continue" }).click();
  }),
  shot("take", "/start/device", "none"),
  shot("take-refused", "/start/device", "none", async (page) => {
    await page.getByLabel("Code of your other device").fill("4K7Q");
    await fillTake(page);
    await page.getByRole("button", { name: "Continue" }).click();
    await page.getByRole("alert").waitFor();
  }),
  shot("take-digits", "/start/device", "none", takeCode),
  shot("take-offline", "/start/device", "take-offline", takeCode),
  shot("take-taking", "/start/device", "take-taking", takeCode),
  shot("take-syncing", "/start/device", "take-syncing", takeCode),
  shot("take-taken", "/start/device", "take-taken", takeCode),
  shot("take-failed", "/start/device", "take-failed", takeCode),
  shot("restore", "/restore", "none"),
  shot("join", "/join", "none"),
  shot("join-broken", "/join", "none", async (page) => {
    await page.getByLabel("Link").fill("https://relay.example.org/");
    await page.getByRole("button", { name: "Look at the link" }).click();
    await page.getByRole("alert").waitFor();
  }),
  shot("join-preview", "/join", "none", async (page) => {
    await page.getByLabel("Link").fill("https://relay.example.org/#join=abc");
    await page.getByRole("button", { name: "Look at the link" }).click();
    await page.getByLabel("Your name").waitFor();
  }),
  shot("unlock", "/messages", "locked"),
  shot("unlock-wrong", "/", "locked", async (page) => {
    await page.getByLabel("Passphrase", { exact: true }).fill("wrong");
    await page.getByRole("button", { name: "Unlock" }).click();
    await page.getByRole("alert").waitFor();
  }),
  shot("unlock-wait", "/", "wait"),
  shot("unlock-ways", "/", "ways"),
  shot("unlock-forgotten", "/", "locked", async (page) => {
    await page.getByRole("button", { name: "Passphrase forgotten" }).click();
    await page.getByLabel("Words of the sheet").waitFor();
  }),
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
  shot("today-removed", "/", "removed"),
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
  shot("invite", "/invite", "alone"),
  shot("invite-open", "/invite", "invited"),
  shot("compare", "/compare", "confirm"),
  shot("compare-cards", "/compare", "confirm", async (page) => {
    await page.getByText("Compare printed cards instead").click();
    await page.getByLabel(/Text of .* card/).waitFor();
  }),
  shot("compare-differ", "/compare", "confirm", async (page) => {
    await page.getByRole("button", { name: "They differ" }).click();
  }),
  shot("messages", "/messages"),
  shot("messages-empty", "/messages", "empty"),
  shot("messages-own", "/messages?in=own"),
  shot("messages-slow", "/messages", "slow"),
  shot("messages-broken", "/messages", "broken"),
  shot("messages-long", "/messages", "long"),
  shot("thread", "/messages", "home", firstRow),
  shot("thread-proof", "/messages", "home", async (page) => {
    await firstRow(page);
    await page.locator("summary").first().click();
  }),
  shot("thread-long", "/messages", "long", async (page) => {
    await page.getByText("A very long thread").click();
    await page.locator("h1", { hasText: "A very long" }).waitFor();
  }),
  shot("thread-own", "/messages?in=own", "home", firstRow),
  shot("thread-share", "/messages?in=own", "home", async (page) => {
    await firstRow(page);
    await page.getByRole("button", { name: "Share with Sam" }).click();
    await page.getByText("can't be undone").waitFor();
  }),
  shot("message-new", "/messages/new"),
  shot("message-full", "/messages/new", "full", async (page) => {
    await page.getByLabel("Subject").fill("Holiday dates");
    await page.getByLabel("Message", { exact: true }).fill("Here are the dates.");
    await page.getByRole("button", { name: "Send" }).click();
    await page.getByRole("alert").waitFor();
  }),
  shot("file-picture", "/messages", "home", async (page) => {
    await page.getByText("School play").first().click();
    await page.getByRole("button", { name: /shoe-receipt/ }).click();
    await page.locator("img.cs-page").waitFor();
  }),
  shot("file-pdf", "/messages", "home", async (page) => {
    await page.getByText("Dentist").click();
    await page.getByRole("button", { name: /dentist-invoice/ }).click();
    await page.locator("canvas.cs-page").waitFor();
  }),
  shot("expenses", "/expenses"),
  shot("expenses-empty", "/expenses", "empty"),
  shot("expenses-filtered", "/expenses?text=nothing"),
  shot("expenses-own", "/expenses?in=own"),
  shot("expenses-long", "/expenses", "long"),
  shot("expense-answer", "/expenses", "home", async (page) => {
    await page.getByText("Black shoes").click();
    await page.getByText("What happened").waitFor();
  }),
  shot("expense-refuse", "/expenses", "home", async (page) => {
    await page.getByText("Black shoes").click();
    await page.getByRole("button", { name: "Refuse" }).click();
  }),
  shot("expense-pay", "/expenses", "home", async (page) => {
    await page.getByText("Swimming lessons").click();
    await page.getByRole("button", { name: "I have paid" }).click();
  }),
  shot("expense-crossed", "/expenses?text=Football", "home", async (page) => {
    await page.getByText("Football boots").click();
    await page.getByText("What happened").waitFor();
  }),
  shot("expense-new", "/expenses/new"),
  shot("expense-new-refused", "/expenses/new", "home", async (page) => {
    await page.getByLabel("Amount").fill("1.2345");
    await page.getByRole("button", { name: "Add and ask Sam" }).click();
  }),
  shot("history", "/history"),
  shot("history-open", "/history?type=set-aside", "home", async (page) => {
    await page.locator("summary").first().click();
  }),
  shot("history-empty", "/history?text=nothing+of+the+kind"),
  shot("history-slow", "/history", "slow"),
  shot("history-before-after", "/history?type=expense&text=Swimming", "home", async (page) => {
    await page.locator("summary", { hasText: "approved an expense" }).click();
    await page.getByRole("columnheader", { name: "Before" }).waitFor();
  }),
  shot("history-clock", "/history?type=message&text=School", "home", async (page) => {
    await page.locator("summary", { hasText: "3 days earlier" }).click();
    await page.getByText("Stamped by").waitFor();
  }),
  shot("history-own", "/history?type=own", "home", async (page) => {
    await page.locator("summary", { hasText: "made a snapshot" }).click();
    await page.getByText("SHA-256").waitFor();
  }),
  shot("history-filters", "/history?from=2026-11-01&to=2026-11-20"),
  shot("history-table", "/history?type=expense", "home", async (page) => {
    await page.getByRole("button", { name: "Save as a table" }).click();
    await page.getByText("The table is ready").waitFor();
  }),
  shot("history-then", "/history?from=2026-11-01", "home", lookBack),
  shot("messages-then", "/history?from=2026-11-01", "home", async (page) => {
    await lookBack(page);
    await page.getByRole("link", { name: "Messages", exact: true }).first().click();
    await page.locator("[role=list] a.cs-row").first().waitFor();
  }),
  shot("expenses-then", "/history?from=2026-11-01", "home", async (page) => {
    await lookBack(page);
    await page.getByRole("link", { name: "Expenses", exact: true }).first().click();
    await page.locator("[role=list] a.cs-row").first().waitFor();
  }),
  shot("history-long", "/history", "long", async (page) => {
    await page.mouse.wheel(0, 400_000);
    await page.waitForTimeout(500);
  }),
  shot("exports", "/exports"),
  shot("exports-some", "/exports", "home", async (page) => {
    await page.getByLabel("Chosen threads").check();
    await page.getByLabel("Dentist").check();
    await page.waitForTimeout(400);
  }),
  shot("exports-sealed", "/exports", "home", async (page) => {
    await page.getByLabel("Whoever knows a passphrase").check();
    await page.getByLabel("Passphrase for the reader").fill("too short");
  }),
  shot("exports-serial", "/exports", "home", async (page) => {
    await page.getByRole("radio", { name: "One running number (United States)" }).check();
    await page.getByLabel("Letters before the number").fill("cs-1");
  }),
  shot("exports-redact", "/exports", "home", async (page) => {
    await page.getByLabel("Leave out single messages, expenses or files").check();
    await page.getByRole("button", { name: "Dentist" }).click();
    await page.getByRole("list", { name: "Leave out of this thread" }).getByRole("checkbox").first().check();
  }),
  shot("exports-redact-expenses", "/exports", "home", async (page) => {
    await page.getByLabel("Leave out single messages, expenses or files").check();
    await page.getByLabel("What to leave out of").getByText("Expenses").click();
    await page.getByRole("list", { name: "Expenses" }).getByRole("checkbox").first().check();
    await page.getByLabel("Your reason, printed in the snapshot").fill("It names somebody else's child.");
  }),
  shot("exports-none", "/exports", "empty"),
  shot("exports-making", "/exports", "home", async (page) => {
    await page.getByRole("button", { name: "Make the snapshot" }).click();
    await page.getByRole("dialog").getByLabel("Your passphrase").fill(PASSPHRASE);
    await page.getByRole("dialog").getByRole("button", { name: "Make the snapshot" }).click();
    await page.getByText("Making the snapshot").waitFor();
  }),
  shot("exports-done", "/exports", "home", makeSnapshot),
  shot("exports-saving", "/exports", "home", async (page) => {
    await inDesktop(page);
    await makeSnapshot(page);
    await page.getByRole("button", { name: "Save the file" }).click();
    await page.getByText("Saving the file").first().waitFor();
  }),
  shot("exports-disk-full", "/exports", "home", async (page) => {
    await inDesktop(page, "disk-full");
    await makeSnapshot(page);
    await page.getByRole("button", { name: "Save the file" }).click();
    await page.getByRole("alert").waitFor();
  }),
  shot("verify-beside", "/verify", "none", besideFile(1)),
  shot("verify-beside-fork", "/verify", "none", besideFile(70)),
  shot("verify-proof", "/verify", "none", proofFile(70)),
  shot("verify-proof-kept", "/verify", "none", proofFile(1)),
  shot("verify", "/verify", "none"),
  shot("verify-good", "/verify", "none", verifyFile(80)),
  shot("verify-sealed", "/verify", "none", verifyFile(97, "for-you.zip.age", "is sealed for its reader")),
  shot("verify-countersign", "/verify", "home", verifyFile(80)),
  shot("verify-failed", "/verify", "none", verifyFile(70)),
  shot("settings", "/settings"),
  shot("settings-people", "/settings/people"),
  shot("settings-devices", "/settings/devices"),
  shot("settings-devices-added", "/settings/devices", "added"),
  shot("settings-devices-partial", "/settings/devices", "partial"),
  shot("link-fetch", "/settings/devices/fetch"),
  shot("link-fetch-digits", "/settings/devices/fetch", "home", async (page) => {
    await page.getByLabel("Code of your other device").fill("4K7Q-9TXA-0MBC-Z2RH-W6EV-31NP-8G");
    await page.getByRole("button", { name: "Continue" }).click();
    await page.getByText("Type these six digits").waitFor();
  }),
  shot("link-add", "/settings/devices/add"),
  shot("link-code", "/settings/devices/add", "home", showCode),
  shot("link-digits", "/settings/devices/add", "link-digits", showCode),
  shot("link-digits-wrong", "/settings/devices/add", "link-digits", async (page) => {
    await showCode(page);
    await page.getByLabel("Six digits of the new device").fill("000000");
    await page.getByRole("button", { name: "Continue" }).click();
    await page.getByRole("alert").waitFor();
  }),
  shot("link-giving", "/settings/devices/add", "link-giving", showCode),
  shot("link-finishing", "/settings/devices/add", "link-finishing", showCode),
  shot("link-given", "/settings/devices/add", "link-given", showCode),
  shot("link-failed", "/settings/devices/add", "link-failed", showCode),
  shot("settings-revoke", "/settings/devices", "home", async (page) => {
    await page.getByRole("button", { name: "Remove Laptop" }).click();
    await page.getByRole("dialog").waitFor();
  }),
  shot("settings-lock", "/settings/lock"),
  shot("settings-way", "/settings/lock", "home", async (page) => {
    await page.getByRole("button", { name: "Add face, finger" }).click();
    await page.getByRole("dialog").waitFor();
  }),
  shot("settings-sheet", "/settings/sheet"),
  shot("settings-receipts", "/settings/receipts"),
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
  shot("settings-storage-lost", "/settings/storage", "lost"),
  shot("settings-storage-given", "/settings/storage", "lost", async (page) => {
    await page.getByRole("button", { name: "Give them back" }).click();
    await page.getByText("entries back").waitFor();
  }),
  shot("settings-about", "/settings/about"),
  shot("settings-about-checked", "/settings/about", "home", async (page) => {
    await page.getByRole("button", { name: "Check the files on this device" }).click();
    await page.getByText("as the list says").waitFor({ timeout: 60_000 });
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
    await page.getByRole("button", { name: "Move to another relay" }).click();
    await page.getByLabel("Address of the new relay").fill("relay");
    await page.getByRole("button", { name: "Look whether it answers" }).click();
    await page.getByRole("alert").waitFor();
  }),
  shot("settings-move-check", "/settings/storage", "offline", async (page) => {
    await page.getByRole("button", { name: "Move to another relay" }).click();
    await page.getByLabel("Address of the new relay").fill("https://relay.example.net");
    await page.getByRole("button", { name: "Look whether it answers" }).click();
    await page.getByText("answers, and speaks").waitFor();
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
  shot("settings-leave", "/settings/leave", "offline"),
  shot("lost", "/nowhere"),
];

/** Opens a shot: the scenario is set by the address and kept for the tab. */
export async function openShot(page: Page, origin: string, { path, scenario, before }: Shot): Promise<void> {
  await page.goto(`${origin}${path}${path.includes("?") ? "&" : "?"}fake=${scenario}`);
  await page.locator("h1").first().waitFor();
  await page.evaluate(() => document.fonts.ready.then(() => undefined));
  await before?.(page);
  // What a screen puts in after its first drawing is there.
  await page.locator("[data-later]").waitFor({ state: "detached" });
  await page.waitForTimeout(250);
}
