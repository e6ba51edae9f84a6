import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import * as A from "@automerge/automerge/slim";

let started: Promise<void> | undefined;

/** Loads Automerge's wasm from the installed package. Safe to call again; later calls wait for the first. */
export function initAutomergeNode(): Promise<void> {
  started ??= load();
  return started;
}

async function load(): Promise<void> {
  const path = createRequire(import.meta.url).resolve("@automerge/automerge/automerge.wasm");
  await A.initializeWasm(new Uint8Array(await readFile(path)));
}
