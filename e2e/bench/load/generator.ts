/** The load generator's process: told what to do by the bench, one message at a time. */
import { answerMessages } from "../processes.ts";
import type { DriverName } from "../servers/table.ts";
import type { LoadClients, LoadEvents } from "./client.ts";
import { ClosedLoop, type LoopInput, type LoopResult } from "./closed-loop.ts";

export type GeneratorTask =
  | ({ readonly t: "load"; readonly driver: DriverName; readonly port: number; readonly messages: number } & LoopInput)
  | { readonly t: "prepare-idle"; readonly driver: DriverName; readonly port: number; readonly rooms: number; readonly devices: number }
  | { readonly t: "connect-idle"; readonly port: number; readonly from: number; readonly to: number; readonly devices: number };

/** A driver's code is loaded only where it is used, so that no generator carries another's libraries. */
async function clientsOf(driver: DriverName, port: number, events: LoadEvents): Promise<LoadClients> {
  switch (driver) {
    case "plain":
      return (await import("./plain.ts")).plainClients(events);
    case "countersign":
      return (await import("./countersign.ts")).countersignClients(port, events);
    case "y-websocket": {
      const { yjsClients, connectYWebsocket } = await import("./yjs.ts");
      return yjsClients(events, connectYWebsocket);
    }
    case "hocuspocus": {
      const { yjsClients, connectHocuspocus } = await import("./yjs.ts");
      return yjsClients(events, connectHocuspocus);
    }
  }
}

async function load(task: Extract<GeneratorTask, { t: "load" }>): Promise<LoopResult> {
  const loop = new ClosedLoop(task);
  const clients = await clientsOf(task.driver, task.port, loop);
  await clients.prepare(task.rooms, task.devices, task.messages);
  await clients.connect(task.port, 0, task.rooms, task.devices);
  return loop.run(clients);
}

const silent: LoadEvents = { delivered: () => undefined, acknowledged: () => undefined };
let idle: LoadClients | undefined;

answerMessages<GeneratorTask, LoopResult | { readonly ok: true }>(async (task) => {
  if (task.t === "load") return load(task);
  if (task.t === "prepare-idle") {
    idle = await clientsOf(task.driver, task.port, silent);
    await idle.prepare(task.rooms, task.devices, 0);
  } else await idle?.connect(task.port, task.from, task.to, task.devices);
  return { ok: true };
});
