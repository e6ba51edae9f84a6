/**
 * Firefox as a lawyer has it, driven by WebDriver BiDi (a W3C protocol that it speaks by itself), since Playwright drives only a Firefox of its own
 * making. A few commands are all that a page from a folder needs.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, writeFileSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { WebSocket } from "ws";
import { tempFolder } from "./paths.ts";
import { freePort } from "./relay.ts";

const FIREFOX = process.env["COUNTERSIGN_FIREFOX"] ?? "/usr/bin/firefox-esr";
const LISTENING = /WebDriver BiDi listening on (ws:\/\/\S+)/;
/** A stop for hangs, not a measure: the machine may be busy. */
const START_MS = 60_000;
const WAIT_MS = 60_000;

/** Nothing of its own goes out, and nothing of a page can: the one way out is a door that is shut. */
function preferences(shutPort: number): string {
  const wanted: Readonly<Record<string, string | number | boolean>> = {
    "network.proxy.type": 1,
    "network.proxy.http": "127.0.0.1",
    "network.proxy.http_port": shutPort,
    "network.proxy.ssl": "127.0.0.1",
    "network.proxy.ssl_port": shutPort,
    "network.proxy.socks": "127.0.0.1",
    "network.proxy.socks_port": shutPort,
    "network.proxy.socks_remote_dns": true,
    "network.captive-portal-service.enabled": false,
    "network.connectivity-service.enabled": false,
    "app.update.enabled": false,
    "app.normandy.enabled": false,
    "browser.shell.checkDefaultBrowser": false,
    "browser.startup.homepage_override.mstone": "ignore",
    "browser.safebrowsing.malware.enabled": false,
    "browser.safebrowsing.phishing.enabled": false,
    "datareporting.policy.dataSubmissionEnabled": false,
    "datareporting.policy.dataSubmissionPolicyBypassNotification": true,
    "extensions.update.enabled": false,
    "toolkit.telemetry.reportingpolicy.firstRun": false,
  };
  return Object.entries(wanted)
    .map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`)
    .join("");
}

interface Reply {
  readonly type: "success" | "error" | "event";
  readonly id?: number;
  readonly result?: unknown;
  readonly error?: string;
  readonly message?: string;
  readonly method?: string;
  readonly params?: unknown;
}

/** One tab of a Firefox without a network. */
export class Firefox {
  readonly #process: ChildProcess;
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, { readonly done: (result: unknown) => void; readonly failed: (why: Error) => void }>();
  #next = 1;
  #context = "";
  /** Addresses that the tab asked for. */
  readonly asked: string[] = [];
  /** Errors that the tab's console had to say. */
  readonly wrong: string[] = [];

  private constructor(process: ChildProcess, socket: WebSocket) {
    this.#process = process;
    this.#socket = socket;
    socket.on("message", (data: Buffer) => this.#hear(JSON.parse(data.toString("utf8")) as Reply));
  }

  /** Throws a sentence that says what to install where there is none. */
  static async open(): Promise<Firefox> {
    if (!existsSync(FIREFOX))
      throw new Error(`There is no Firefox at ${FIREFOX}. On Debian: sudo apt-get install firefox-esr; elsewhere set COUNTERSIGN_FIREFOX.`);
    const profile = tempFolder("firefox");
    writeFileSync(path.join(profile, "user.js"), preferences(await freePort()));
    // Its home is the profile too: it refuses to run as root in the home of somebody else.
    const env = { ...process.env, HOME: profile, MOZ_CRASHREPORTER_DISABLE: "1", MOZ_HEADLESS: "1" };
    const args = ["--headless", "--no-remote", "--profile", profile, "--remote-debugging-port", "0", "about:blank"];
    const child = spawn(FIREFOX, args, { env, stdio: ["ignore", "ignore", "pipe"] });
    try {
      const socket = new WebSocket(`${await addressOf(child)}/session`);
      await once(socket, "open");
      const firefox = new Firefox(child, socket);
      await firefox.#begin();
      return firefox;
    } catch (problem) {
      child.kill("SIGKILL");
      throw problem;
    }
  }

  async #begin(): Promise<void> {
    await this.#send("session.new", { capabilities: {} });
    await this.#send("session.subscribe", { events: ["network.beforeRequestSent", "log.entryAdded"] });
    const { contexts } = (await this.#send("browsingContext.getTree", {})) as {
      readonly contexts: readonly { readonly context: string }[];
    };
    this.#context = contexts[0]?.context ?? "";
    await this.#send("browsingContext.setViewport", { context: this.#context, viewport: { width: 1000, height: 800 } });
  }

  /** Opens an address and waits until the page has loaded. */
  async goto(url: string): Promise<void> {
    this.asked.length = 0;
    this.wrong.length = 0;
    await this.#send("browsingContext.navigate", { context: this.#context, url, wait: "complete" });
  }

  /** The value of an expression in the page; a promise is awaited. Texts, numbers and truth values come back. */
  async evaluate(expression: string): Promise<unknown> {
    const answer = (await this.#evaluate(expression)) as { readonly value?: unknown };
    return answer.value;
  }

  /** Waits until an expression is true in the page. */
  async until(expression: string): Promise<void> {
    const ended = await this.evaluate(`new Promise((done) => {
      const began = performance.now();
      const look = () => (${expression}) ? done(true) : performance.now() - began > ${String(WAIT_MS)} ? done(false) : setTimeout(look, 50);
      look();
    })`);
    if (ended === true) return;
    const page = String(await this.evaluate("document.body.innerText")).slice(0, 2_000);
    throw new Error(`It did not come about: ${expression}\n${this.wrong.join("\n")}\n${page}`);
  }

  /** How many workers the page has. */
  async workers(): Promise<number> {
    const { realms } = (await this.#send("script.getRealms", { type: "dedicated-worker" })) as { readonly realms: readonly unknown[] };
    return realms.length;
  }

  /** Chooses a file in the field that a selector finds, as a person would. */
  async choose(selector: string, file: string): Promise<void> {
    await this.#send("input.setFiles", { context: this.#context, element: await this.#element(selector), files: [file] });
  }

  /** Empties a field and types into it with keys. */
  async type(selector: string, text: string): Promise<void> {
    await this.evaluate(`document.querySelector(${JSON.stringify(selector)}).select()`);
    const keys = Array.from(text).flatMap((value) => [
      { type: "keyDown", value },
      { type: "keyUp", value },
    ]);
    await this.#send("input.performActions", { context: this.#context, actions: [{ type: "key", id: "keys", actions: keys }] });
  }

  /** Ends the browser. */
  async close(): Promise<void> {
    const ended = this.#process.exitCode === null ? once(this.#process, "exit") : Promise.resolve();
    // The answer may not come: the process that would send it is ending.
    this.#send("browser.close", {}).catch(() => undefined);
    const stop = setTimeout(() => this.#process.kill("SIGKILL"), 15_000);
    await ended;
    clearTimeout(stop);
    this.#socket.terminate();
  }

  async #element(selector: string): Promise<unknown> {
    const found = (await this.#evaluate(`document.querySelector(${JSON.stringify(selector)})`)) as { readonly sharedId?: string };
    if (found.sharedId === undefined) throw new Error(`nothing is at ${selector}`);
    return { sharedId: found.sharedId };
  }

  async #evaluate(expression: string): Promise<unknown> {
    const answer = (await this.#send("script.evaluate", {
      ...{ expression, awaitPromise: true, target: { context: this.#context }, resultOwnership: "none" },
    })) as { readonly type: string; readonly result?: unknown; readonly exceptionDetails?: { readonly text: string } };
    if (answer.type !== "success") throw new Error(answer.exceptionDetails?.text ?? "the page threw");
    return answer.result;
  }

  #send(method: string, params: object): Promise<unknown> {
    const id = this.#next++;
    return new Promise((done, failed) => {
      this.#waiting.set(id, { done, failed });
      this.#socket.send(JSON.stringify({ id, method, params }));
    });
  }

  #hear(reply: Reply): void {
    if (reply.type === "event") {
      if (reply.method === "network.beforeRequestSent") this.asked.push((reply.params as { request: { url: string } }).request.url);
      const entry = reply.params as { readonly level?: string; readonly text?: string };
      if (reply.method === "log.entryAdded" && entry.level === "error") this.wrong.push(entry.text ?? "");
      return;
    }
    const waiting = this.#waiting.get(reply.id ?? 0);
    this.#waiting.delete(reply.id ?? 0);
    if (reply.type === "success") waiting?.done(reply.result);
    else waiting?.failed(new Error(`${reply.error ?? ""}: ${reply.message ?? ""}`));
  }
}

async function addressOf(child: ChildProcess): Promise<string> {
  if (!child.stderr) throw new Error("its words are read");
  const said: string[] = [];
  const lines = createInterface({ input: child.stderr });
  const stop = setTimeout(() => child.kill("SIGKILL"), START_MS);
  for await (const line of lines) {
    const address = LISTENING.exec(line)?.[1];
    said.push(line);
    if (address === undefined) continue;
    clearTimeout(stop);
    // What it says later must not fill the pipe.
    child.stderr.resume();
    return address;
  }
  throw new Error(`Firefox did not start: ${said.join(" ")}`);
}
