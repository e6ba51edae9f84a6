/**
 * The desktop app is packaged as it ships, offline, and the packaged program is started as a person would: without Playwright inside, since a package is closed to that.
 */
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "@playwright/test";
import { WebSocket } from "ws";
import { ROOT, tempFolder, WEB_BUILD } from "../src/paths.ts";
import { PATIENCE } from "../src/person.ts";

interface Program {
  /** The value of an expression in its page, as text; empty while there is no page, or none of that. */
  read(expression: string): Promise<string>;
  /** What it wrote to the terminal. */
  output(): string;
  stop(): Promise<void>;
}

/** Starts a program of Chromium's kind and looks into its page by Chromium's own switch, which no fuse closes. */
async function start(executable: string): Promise<Program> {
  const switches = ["--no-sandbox", "--disable-gpu", "--remote-debugging-port=0", "--inspect=0"];
  const child = spawn(executable, [...switches, `--user-data-dir=${tempFolder("packaged")}`], { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const place = (): string | undefined => /DevTools listening on ws:\/\/([^/]+)\//.exec(output)?.[1];
  await expect.poll(place, PATIENCE).toBeDefined();

  const ask = async (expression: string): Promise<string> => {
    const pages = (await (await fetch(`http://${place() ?? ""}/json/list`)).json()) as { type: string; webSocketDebuggerUrl: string }[];
    const page = pages.find(({ type }) => type === "page");
    if (!page) return "";
    const socket = new WebSocket(page.webSocketDebuggerUrl);
    try {
      await once(socket, "open");
      const answered = once(socket, "message");
      socket.send(JSON.stringify({ id: 1, method: "Runtime.evaluate", params: { expression, returnByValue: true } }));
      const [answer] = (await answered) as [Buffer];
      const { result } = JSON.parse(answer.toString()) as { result?: { result?: { value?: unknown } } };
      const value = result?.result?.value;
      return typeof value === "string" ? value : "";
    } finally {
      socket.close();
    }
  };
  return {
    // A page that is just loading answers nothing yet.
    read: (expression) => ask(expression).catch(() => ""),
    output: () => output,
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
    },
  };
}

test("[desktop] is packaged offline as it ships: closed, and its program begins at the start and holds the web build that was packaged", async () => {
  test.setTimeout(600_000);
  const made = spawnSync(process.execPath, ["scripts/package-linux.mjs"], { cwd: ROOT, encoding: "utf8" });
  // The script itself looks at the fuses of what it made, and says which is not as it must be.
  expect(made.status, `${made.stdout}${made.stderr}`).toBe(0);
  const program = await start(path.join(ROOT, "release", "linux-unpacked", "countersign"));
  try {
    const title = "document.querySelector('h1')?.textContent";
    await expect.poll(() => program.read(title), PATIENCE).toBe("One record for two parents");
    await program.read("[...document.querySelectorAll('a')].find((a) => a.textContent.startsWith('Start a household'))?.click()");
    await expect.poll(() => program.read(title), PATIENCE).toBe("Start a household");
    expect(await program.read("location.href")).toBe("app://local/start/new");

    const print = createHash("sha256")
      .update(readFileSync(path.join(WEB_BUILD, "files.txt")))
      .digest("hex");
    // The app lets its page go nowhere by itself, not even within it: what its own links do is done here.
    await program.read("history.pushState(null, '', '/settings/about'); dispatchEvent(new PopStateEvent('popstate')); ''");
    await expect
      .poll(() => program.read("document.querySelector('#print')?.parentElement?.textContent.replaceAll(' ', '')"), PATIENCE)
      .toContain(print);
    // Node's own debugger is fused off, whoever asks for it.
    expect(program.output()).not.toContain("Debugger listening");
  } finally {
    await program.stop();
  }
});
