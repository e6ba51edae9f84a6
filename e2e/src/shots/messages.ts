import type { Page } from "@playwright/test";
import { withExit } from "./around.ts";
import { alerted, refused, shot, type Shot } from "./shot.ts";

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

const look =
  (text: string): Shot["before"] =>
  async (page) => {
    await page.getByLabel("Search messages and expenses").fill(text);
    await page.getByText(/ found\.$/).waitFor();
  };

/** Opens one of the files of the thread that has one of every sort. */
const openFile =
  (name: string, shows: (page: Page) => Promise<void>) =>
  async (page: Page): Promise<void> => {
    await page.getByText("Papers from the school").first().click();
    await page.getByRole("button", { name: new RegExp(name) }).click();
    await page.getByRole("dialog").waitFor();
    await shows(page);
  };

const says =
  (text: string) =>
  (page: Page): Promise<void> =>
    page.getByRole("dialog").getByText(text).waitFor();

const attach = async (page: Page, name: string, type: string, size: number): Promise<void> => {
  await page
    .locator("input[type=file]")
    .first()
    .setInputFiles({ name, mimeType: type, buffer: Buffer.alloc(size, 1) });
};

const NOBODYS = "00000000000000000000000000000000";

/** Files that are opened, and what is said of those that do not open. */
const FILES: readonly Shot[] = [
  shot("thread-files", "/messages", "files", async (page) => {
    await page.getByText("Papers from the school").first().click();
    await page.getByText("timetable").waitFor();
  }),
  shot("file-picture", "/messages", "home", async (page) => {
    await page.getByText("School play").first().click();
    await page.getByRole("button", { name: /shoe-receipt/ }).click();
    await page.locator("img.cs-page").waitFor();
  }),
  shot("file-picture-exit", "/messages", "home", async (page) => {
    await withExit(page);
    await page.getByText("School play").first().click();
    await page.getByRole("button", { name: /shoe-receipt/ }).click();
    await page.locator("img.cs-page").waitFor();
  }),
  shot("file-pdf", "/messages", "home", async (page) => {
    await page.getByText("Dentist").click();
    await page.getByRole("button", { name: /dentist-invoice/ }).click();
    await page.locator("canvas.cs-page").waitFor();
  }),
  shot("file-original", "/messages", "home", async (page) => {
    await page.getByText("School play").first().click();
    await page.getByRole("button", { name: /costume/ }).click();
    await page.getByRole("button", { name: "Get my original" }).click();
    await page.getByRole("button", { name: "Save the original" }).waitFor();
  }),
  shot("file-locked", "/messages", "files", openFile("school-report", says("asks for a password"))),
  shot("file-broken-picture", "/messages", "files", openFile("holiday", says("can't be shown"))),
  shot("file-broken-pdf", "/messages", "files", openFile("tenancy", says("can't be shown"))),
  shot("file-no-preview", "/messages", "files", openFile("timetable", says("is not shown inside the app"))),
  shot("file-missing", "/messages", "files!file=file-missing", openFile("class-photo", alerted)),
  shot("file-damaged", "/messages", "files!file=file-damaged", openFile("a name that", alerted)),
];

/** Threads, letters and their files; the search. */
export const MESSAGES: readonly Shot[] = [
  ...FILES,
  shot("messages", "/messages"),
  shot("messages-empty", "/messages", "empty"),
  shot("messages-own", "/messages?in=own"),
  shot("messages-child", "/messages?child=Leo"),
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
  shot("messages-held", "/messages", "held"),
  shot("thread-held", "/messages", "held", async (page) => {
    await page.getByText("I will pick her up").click();
    await page.getByRole("button", { name: "Undo" }).waitFor();
  }),
  shot("thread-held-new", "/messages", "held", async (page) => {
    await page.getByText("Christmas Eve").click();
    await page.getByRole("button", { name: "Undo" }).waitFor();
  }),
  shot("thread-held-refused", "/messages", "held-refused", async (page) => {
    await page.getByText("I will pick her up").click();
    await page.getByRole("button", { name: "Change it" }).waitFor();
  }),
  shot("message-undone", "/messages", "held", async (page) => {
    await page.getByText("Christmas Eve").click();
    await page.getByRole("button", { name: "Undo" }).click();
    await page.getByText("with you from then on").waitFor();
  }),
  shot("message-new", "/messages/new"),
  shot("message-new-children", "/messages/new", "home", async (page) => {
    const field = page.getByRole("combobox", { name: /Which child/ });
    await field.fill("Zoë");
    await field.press("Enter");
    await field.fill("M");
    await page.getByRole("option", { name: "Mia" }).waitFor();
  }),
  shot("message-tone", "/settings/writing", "home", async (page) => {
    await page.getByLabel("Tell me when a message").check();
    await page.getByRole("link", { name: "Messages" }).first().click();
    await page.getByRole("link", { name: "New message" }).click();
    await page.getByLabel("Subject").fill("Sunday");
    await page.getByLabel("Message", { exact: true }).fill("You always bring her back late.");
    await page.getByText("may read as an accusation").waitFor();
  }),
  shot("message-full", "/messages/new", "full", async (page) => {
    await page.getByLabel("Subject").fill("Holiday dates");
    await page.getByLabel("Message", { exact: true }).fill("Here are the dates.");
    await page.getByRole("button", { name: "Send" }).click();
    await page.getByRole("alert").waitFor();
  }),
  shot("message-new-files", "/messages/new", "home", async (page) => {
    await attach(page, "plan.pdf", "application/pdf", 2_000);
    await page.getByRole("list", { name: "Files" }).waitFor();
  }),
  refused("message-file-too-large", "/messages/new", "home", async (page) => {
    await page.getByLabel("Message", { exact: true }).fill("Here is the film.");
    await page.evaluate(() => {
      // A film of a size that is no pleasure to bring here.
      Object.defineProperty(File.prototype, "size", { get: () => 90_000_000 });
    });
    await attach(page, "film.mp4", "video/mp4", 10);
  }),
  shot("message-new-refused", "/messages/new", "home", async (page) => {
    await page.getByLabel("Message", { exact: true }).fill("word ".repeat(4_020));
    await page.getByRole("button", { name: "Send" }).click();
  }),
  shot("message-new-own", "/messages/new?in=own"),
  shot("thread-reply", "/messages", "home", async (page) => {
    await firstRow(page);
    await page.getByRole("button", { name: "Reply" }).first().click();
    await page.getByText("Replies to").first().waitFor();
  }),
  shot("thread-left", "/messages", "left", firstRow),
  shot("thread-unknown", `/messages/${NOBODYS}`),
  shot("thread-broken", `/messages/${NOBODYS}`, "broken"),
  shot("search", "/search"),
  shot("search-found", "/search", "home", look("the")),
  shot("search-expenses", "/search", "home", async (page) => {
    await look("school")?.(page);
    await page.getByText(/^Expenses \(/).click();
    await page.locator("main [role=listitem]").first().waitFor();
  }),
  shot("search-none", "/search", "home", look("nothing of the kind")),
  shot("search-slow", "/search", "slow", async (page) => {
    await page.getByLabel("Search messages and expenses").fill("the");
    await page.locator("[aria-busy=true] .mantine-Skeleton-root").first().waitFor();
  }),
  shot("search-long", "/search", "long", look("message")),
];
