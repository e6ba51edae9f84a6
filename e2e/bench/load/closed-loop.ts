/** The closed loop: each room keeps so many messages on their way and sends the next when one is complete. */
import { setTimeout as sleep } from "node:timers/promises";
import { cpuSeconds, residentBytes } from "../proc.ts";
import { quantile } from "../stats.ts";
import type { LoadClients, LoadEvents } from "./client.ts";

export interface LoopInput {
  readonly rooms: number;
  readonly devices: number;
  readonly outstanding: number;
  readonly acknowledges: boolean;
  readonly warmUpMs: number;
  readonly windowMs: number;
  readonly serverPid: number;
}

export interface LoopResult {
  /** Messages that completed inside the window, and how long it was. */
  readonly messages: number;
  readonly seconds: number;
  /** A room had no message left that was ready, and the window ended early. */
  readonly ranOut: boolean;
  /** From send to the last other device, ms. */
  readonly fanOutP50: number;
  readonly fanOutP99: number;
  /** From send to the server's acknowledgement, ms; null where there is none. */
  readonly ackP50: number | null;
  readonly serverCpuSeconds: number;
  readonly generatorCpuSeconds: number;
  readonly serverBytes: number;
}

/** A window is made longer, up to so many times, until each place on the way was used so often. */
const LONGEST = 5;
const TURNS = 3;

interface Flight {
  readonly sent: number;
  deliveries: number;
  acknowledged: boolean;
}

export class ClosedLoop implements LoadEvents {
  readonly #input: LoopInput;
  #clients: LoadClients | undefined;
  readonly #flights: Map<number, Flight>[] = [];
  readonly #next: number[] = [];
  #phase: "warm-up" | "window" | "over" = "warm-up";
  #done = 0;
  readonly #fanOut: number[] = [];
  readonly #acks: number[] = [];
  #onEmpty: () => void = () => undefined;

  constructor(input: LoopInput) {
    this.#input = input;
  }

  delivered(room: number, k: number): void {
    const flight = this.#flights[room]?.get(k);
    if (!flight) throw new Error(`message ${k} of room ${room} came twice or was never sent`);
    flight.deliveries--;
    if (flight.deliveries === 0 && this.#phase === "window") this.#fanOut.push(performance.now() - flight.sent);
    this.#complete(room, k, flight);
  }

  acknowledged(room: number, k: number): void {
    const flight = this.#flights[room]?.get(k);
    if (!flight) throw new Error(`message ${k} of room ${room} was acknowledged twice or never sent`);
    flight.acknowledged = true;
    if (this.#phase === "window") this.#acks.push(performance.now() - flight.sent);
    this.#complete(room, k, flight);
  }

  async run(clients: LoadClients): Promise<LoopResult> {
    const { rooms, outstanding, warmUpMs, windowMs, serverPid } = this.#input;
    this.#clients = clients;
    const empty = new Promise<true>((resolve) => (this.#onEmpty = () => resolve(true)));
    for (let room = 0; room < rooms; room++) {
      this.#flights[room] = new Map();
      this.#next[room] = 0;
    }
    for (let room = 0; room < rooms; room++) for (let i = 0; i < outstanding; i++) this.#send(room);
    await Promise.race([sleep(warmUpMs), empty]);
    const [server, generator, began] = [cpuSeconds(serverPid), cpuSeconds(process.pid), performance.now()];
    this.#phase = "window";
    let ranOut = (await Promise.race([sleep(windowMs), empty])) === true;
    // Where the machine is so busy that the first messages have hardly come round, a longer look says more.
    for (let more = 1; more < LONGEST && !ranOut && this.#done < TURNS * rooms * outstanding; more++) {
      ranOut = (await Promise.race([sleep(windowMs), empty])) === true;
    }
    const seconds = (performance.now() - began) / 1_000;
    const result = {
      ...{ messages: this.#done, seconds, ranOut },
      serverCpuSeconds: cpuSeconds(serverPid) - server,
      generatorCpuSeconds: cpuSeconds(process.pid) - generator,
      serverBytes: residentBytes(serverPid),
    };
    this.#phase = "over";
    return {
      ...result,
      fanOutP50: quantile(this.#fanOut, 0.5),
      fanOutP99: quantile(this.#fanOut, 0.99),
      ackP50: this.#input.acknowledges ? quantile(this.#acks, 0.5) : null,
    };
  }

  #complete(room: number, k: number, flight: Flight): void {
    if (flight.deliveries > 0 || (this.#input.acknowledges && !flight.acknowledged)) return;
    this.#flights[room]?.delete(k);
    if (this.#phase === "window") this.#done++;
    if (this.#phase !== "over") this.#send(room);
  }

  #send(room: number): void {
    const k = this.#next[room] ?? 0;
    this.#next[room] = k + 1;
    this.#flights[room]?.set(k, { sent: performance.now(), deliveries: this.#input.devices - 1, acknowledged: false });
    if (!this.#clients?.send(room, k)) this.#onEmpty();
  }
}
