import type { Page } from "@playwright/test";
import { inDesktop } from "./desktop.ts";
import { goTo, openSample } from "./around.ts";
import { afterPassphrase, alerted, PASSPHRASE, refused, shot, type Shot } from "./shot.ts";

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

const makeSnapshot = async (page: Page): Promise<void> => {
  await afterPassphrase(page, "Make the snapshot");
  await page.getByText("The snapshot is ready").waitFor();
};

/** A file that is refused before there is a report. */
const unreadable = (name: string, code: string): Shot =>
  shot(name, "/verify", `none!verifySnapshot=${code}`, verifyFile(80, "letter.zip", "file"));

const countersign = async (page: Page): Promise<void> => {
  await verifyFile(80)(page);
  await page.getByRole("button", { name: "Countersign" }).click();
  await page.getByRole("dialog").waitFor();
};

const signAlong = async (page: Page): Promise<void> => {
  await countersign(page);
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Your passphrase").fill(PASSPHRASE);
  await dialog.getByLabel("I understand").check();
  await dialog.getByRole("button", { name: "Countersign" }).click();
};

/** Checking what somebody was given, and what is no snapshot. */
const CHECKING: readonly Shot[] = [
  shot("verify", "/verify", "none"),
  shot("verify-locked", "/verify", "locked"),
  shot("verify-working", "/verify", "none!stand", verifyFile(80, "snapshot-2026.zip", "Checking snapshot")),
  shot("verify-good", "/verify", "none", verifyFile(80)),
  shot("verify-failed", "/verify", "none", verifyFile(70)),
  refused("verify-not-zip", "/verify", "none", (page) =>
    page.locator("input[type=file]").setInputFiles({ name: "letter.zip", mimeType: "application/zip", buffer: Buffer.alloc(4) }),
  ),
  ...(["snapshot-not-snapshot", "snapshot-truncated", "snapshot-newer", "snapshot-bomb", "cancelled"] as const).map((code) =>
    unreadable(`verify-${code}`, code),
  ),
  shot("verify-sealed", "/verify", "none", verifyFile(97, "for-you.zip.age", "is sealed for its reader")),
  refused("verify-sealed-wrong", "/verify", "none", async (page) => {
    await verifyFile(97, "for-you.zip.age", "is sealed for its reader")(page);
    await page.getByLabel("Passphrase, or your age identity").fill("not this one at all");
    await page.getByRole("button", { name: "Open and check" }).click();
  }),
  shot("verify-proof", "/verify", "none", proofFile(70)),
  shot("verify-proof-kept", "/verify", "none", proofFile(1)),
  shot("verify-proof-damaged", "/verify", "none!checkFaultProof=proof-damaged", async (page) => {
    const buffer = Buffer.from("countersign proof 1\nnothing more");
    await page.locator("input[type=file]").setInputFiles({ name: "relay.countersign-proof", mimeType: "application/octet-stream", buffer });
    await alerted(page);
  }),
  shot("verify-countersign", "/verify", "home", verifyFile(80)),
  shot("verify-countersign-ask", "/verify", "home", countersign),
  refused("verify-countersign-refused", "/verify", "home!countersignSnapshot=countersign-not-held", signAlong),
  shot("verify-countersigned", "/verify", "home", async (page) => {
    await signAlong(page);
    await page.getByText("Countersigned:").waitFor();
  }),
];

const counting = (page: Page): Promise<void> => page.getByText("Counting what will be in it").waitFor();

/** Making a snapshot, and checking what somebody was given. */
export const SNAPSHOTS: readonly Shot[] = [
  ...CHECKING,
  shot("exports", "/exports"),
  shot("exports-counting", "/exports", "home!stand=preview", counting),
  shot("exports-counting-stopped", "/exports", "home!stand=preview", async (page) => {
    await counting(page);
    await page.getByRole("button", { name: "Stop" }).click();
    await page.getByRole("button", { name: "Count again" }).waitFor();
  }),
  shot("exports-some", "/exports", "home", async (page) => {
    await page.getByLabel("Chosen threads").check();
    await page.getByLabel("Dentist").check();
    await page.waitForTimeout(400);
  }),
  shot("exports-child", "/exports", "home", async (page) => {
    await page.getByRole("checkbox", { name: "Leo", exact: true }).check();
    await page.getByText("name no child").waitFor();
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
  shot("exports-broken", "/exports", "broken"),
  shot("exports-recipient", "/exports", "home", async (page) => {
    await page.getByLabel("Only one reader, by their age key").check();
    await page.getByLabel("The reader's age recipient").fill("age1notquite");
  }),
  shot("exports-ask", "/exports", "home", async (page) => {
    await page.getByRole("button", { name: "Make the snapshot" }).click();
    await page.getByRole("dialog").waitFor();
  }),
  shot("exports-sample", "/start", "none", async (page) => {
    await openSample(page);
    await goTo(page, "/exports", "Exports");
    await page.getByRole("button", { name: "Make the snapshot" }).click();
    await page.getByRole("dialog").waitFor();
  }),
  refused("exports-wrong-passphrase", "/exports", "home!exportSnapshot=passphrase-wrong", (page) =>
    afterPassphrase(page, "Make the snapshot"),
  ),
  refused("exports-no-room", "/exports", "home!exportSnapshot=storage-full", (page) => afterPassphrase(page, "Make the snapshot")),
  shot("exports-making", "/exports", "home!stand=export", async (page) => {
    await afterPassphrase(page, "Make the snapshot");
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
  shot("verify-beside-sealed", "/verify", "none", async (page) => {
    await verifyFile(1)(page);
    await page
      .locator("input[type=file]")
      .setInputFiles({ name: "for-you.zip.age", mimeType: "application/octet-stream", buffer: Buffer.alloc(100, 97) });
    await page.getByText("for-you.zip.age is sealed for its reader").waitFor();
  }),
];
