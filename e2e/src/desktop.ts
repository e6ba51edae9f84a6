/** The desktop app in a real Electron. Needs a display (npm test runs it under Xvfb). */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { _electron, type ElectronApplication } from "@playwright/test";
import { ROOT, tempFolder } from "./paths.ts";

/** Which Electron: what npm test found or fetched, else the installed one. */
export const ELECTRON =
  process.env["COUNTERSIGN_ELECTRON"] ??
  path.join(ROOT, ".cache", "electron", "25.1.1", process.platform === "win32" ? "electron.exe" : "electron");

const DESKTOP = path.join(ROOT, "desktop");

/**
 * Playwright's own loader, which it leaves out when it is told which Electron to start: holds the app back until Playwright has attached.
 * Without it a page that opens at that very moment sometimes leaves Playwright waiting for ever, though the app runs.
 */
const HELD_BACK = path.join(
  path.dirname(createRequire(import.meta.url).resolve("playwright-core/package.json")),
  "lib/server/electron/loader.js",
);

const argumentsFor = ({ appFolder, userData, files }: Required<DesktopOptions>): string[] => [
  appFolder,
  "--no-sandbox",
  "--disable-gpu",
  // A camera and a microphone that need no hardware, so that what is refused is the asking.
  "--use-fake-device-for-media-stream",
  `--user-data-dir=${userData}`,
  ...files,
];

export interface DesktopOptions {
  /** The app with the real web build by default; `plainApp()` is the same app around an empty page. */
  readonly appFolder?: string;
  /** A second launch with it finds the first one's storage. A new one by default. */
  readonly userData?: string;
  /** Given as arguments, as a file manager does. */
  readonly files?: readonly string[];
}

export interface Desktop {
  readonly app: ElectronApplication;
  readonly appFolder: string;
  readonly userData: string;
  /** What it and its page wrote to the console. */
  readonly output: () => string;
}

export async function launchDesktop(options: DesktopOptions = {}): Promise<Desktop> {
  const { appFolder = DESKTOP, userData = tempFolder("desktop"), files = [] } = options;
  const app = await _electron.launch({
    executablePath: ELECTRON,
    args: ["-r", HELD_BACK, ...argumentsFor({ appFolder, userData, files })],
    cwd: ROOT,
    timeout: 90_000,
  });
  let output = "";
  const { stdout, stderr } = app.process();
  for (const stream of [stdout, stderr]) stream?.on("data", (chunk: Buffer) => (output += chunk.toString()));
  app.on("window", (page) => page.on("console", (message) => (output += `${message.text()}\n`)));
  return { app, appFolder, userData, output: () => output };
}

/** Where the person will say that a file is to be saved. */
export async function choosePlace({ app }: Pick<Desktop, "app">, file: string): Promise<void> {
  await app.evaluate(({ dialog }, chosen) => {
    dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath: chosen });
  }, file);
}

/** Starts the program a second time while the first one runs; gives its exit code. */
export async function startAgain(first: Desktop, files: readonly string[], cwd: string): Promise<number | null> {
  const { appFolder, userData } = first;
  const second = spawn(ELECTRON, argumentsFor({ appFolder, userData, files }), { cwd, stdio: "ignore" });
  const [code] = (await once(second, "exit")) as [number | null];
  return code;
}

/** A folder with the desktop app around an empty page, for looking at the app alone. */
export function plainApp(): string {
  const folder = tempFolder("plain-app");
  cpSync(path.join(DESKTOP, "package.json"), path.join(folder, "package.json"));
  cpSync(path.join(DESKTOP, "build"), path.join(folder, "build"), { recursive: true });
  mkdirSync(path.join(folder, "renderer"));
  writeFileSync(path.join(folder, "renderer", "index.html"), "<!doctype html><title>Plain</title><h1>Plain</h1>");
  return folder;
}
