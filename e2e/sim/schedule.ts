import fc from "fast-check";
import type { LogId, RecordId } from "@countersign/shared/base/ids";
import { err, ok } from "@countersign/shared/base/result";
import { newEpochs } from "@countersign/shared/charter/epoch";
import { frameOn, makeStatement } from "@countersign/shared/charter/sign";
import type { ExpenseAct } from "@countersign/shared/views/record";
import { DEVICES, household } from "./family.ts";
import type { Device, World } from "./world.ts";

/** One thing that happens in a schedule. `pick` chooses among what is there at that moment. */
export type Step = { readonly wait: number; readonly who: number; readonly pick: number } & (
  | {
      readonly do:
        | "thread"
        | "reply"
        | "expense"
        | "answer"
        | "seen"
        | "epoch"
        | "cut"
        | "cut-after-push"
        | "relay-crash"
        | "relay-loses-commit"
        | "relay-loses-answer";
    }
  | { readonly do: "offline" | "crash" | "full" | "slow"; readonly ms: number }
  | { readonly do: "crash-at-commit"; readonly commits: number; readonly isKept: boolean; readonly ms: number }
  | { readonly do: "skew"; readonly ms: number }
);

const base = { wait: fc.integer({ min: 0, max: 1_500 }), who: fc.nat(DEVICES.length - 1), pick: fc.nat(1_000) };
const plain = (weight: number, what: Step["do"]): { weight: number; arbitrary: fc.Arbitrary<Step> } => ({
  weight,
  arbitrary: fc.record({ do: fc.constant(what), ...base }) as fc.Arbitrary<Step>,
});
const lasting = (weight: number, what: Step["do"], max: number): { weight: number; arbitrary: fc.Arbitrary<Step> } => ({
  weight,
  arbitrary: fc.record({ do: fc.constant(what), ms: fc.integer({ min: 1, max }), ...base }) as fc.Arbitrary<Step>,
});

export const stepArbitrary: fc.Arbitrary<Step> = fc.oneof(
  plain(6, "thread"),
  plain(6, "reply"),
  plain(4, "expense"),
  plain(8, "answer"),
  plain(2, "seen"),
  plain(2, "epoch"),
  plain(3, "cut"),
  plain(3, "cut-after-push"),
  plain(1, "relay-crash"),
  plain(1, "relay-loses-commit"),
  plain(1, "relay-loses-answer"),
  lasting(3, "offline", 20_000),
  lasting(2, "crash", 8_000),
  lasting(2, "full", 5_000),
  lasting(1, "slow", 4_000),
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("crash-at-commit" as const),
      commits: fc.integer({ min: 1, max: 4 }),
      isKept: fc.boolean(),
      ms: fc.integer({ min: 1, max: 6_000 }),
      ...base,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("skew" as const), ms: fc.integer({ min: -26 * 3_600_000, max: 26 * 3_600_000 }), ...base }),
  },
);

/** What a person was told is saved. */
export type Promised = { readonly record: RecordId } | { readonly expense: RecordId; readonly act: ExpenseAct; readonly device: string };

/** Plays a schedule in a world and remembers every promise that was made to a person. */
export class Player {
  readonly promised: Promised[] = [];
  /** What was refused, by code: a schedule in which nothing is ever written proves nothing. */
  readonly refused = new Map<string, number>();
  readonly #world: World;
  readonly #pending = new Set<Promise<unknown>>();
  #n = 0;
  #isOver = false;

  constructor(world: World) {
    this.#world = world;
  }

  async play(steps: readonly Step[]): Promise<void> {
    this.#isOver = false;
    for (const step of steps) {
      await this.#world.time.pass(step.wait);
      await this.#do(step);
    }
  }

  /** Everything works again: the relay is up, every device runs, is online and has room. */
  async heal(): Promise<void> {
    const { net, relayStore, devices } = this.#world;
    this.#isOver = true;
    relayStore.faults = {};
    net.latency = 40;
    net.meddler = undefined;
    if (!net.relay) await this.#world.relayUp();
    for (const device of devices.values()) {
      net.offline(device.name, false);
      if (device.disk) {
        device.disk.isFull = false;
        device.disk.deadly = undefined;
      }
      if (!device.isRunning) await device.boot();
    }
  }

  async #do(step: Step): Promise<void> {
    const { net, time, relayStore } = this.#world;
    const device = this.#device(step.who);
    switch (step.do) {
      case "thread":
      case "reply":
      case "expense":
      case "answer":
      case "seen":
      case "epoch":
        if (device.isRunning) await this.#write(device, step);
        return;
      case "cut":
        net.cut(device.name);
        return;
      case "cut-after-push":
        this.#cutAfterPush(device.name);
        return;
      case "relay-crash":
        this.#world.relayDown();
        time.after(step.pick, () => {
          if (!net.relay) void this.#world.relayUp();
        });
        return;
      case "relay-loses-commit":
        relayStore.faults = { beforeCommit: () => this.#once("the disk refused") };
        return;
      case "relay-loses-answer":
        relayStore.faults = { afterCommit: () => this.#once("the answer got lost") };
        return;
      case "offline":
        net.offline(device.name, true);
        time.after(step.ms, () => {
          net.offline(device.name, false);
        });
        return;
      case "crash":
        device.kill();
        this.#comeBack(device, step.ms);
        return;
      case "crash-at-commit":
        if (device.disk) device.disk.deadly = { commit: device.disk.commits + step.commits, isKept: step.isKept };
        this.#comeBack(device, step.ms);
        return;
      case "full": {
        const { disk } = device;
        if (disk) disk.isFull = true;
        time.after(step.ms, () => {
          if (disk) disk.isFull = false;
        });
        return;
      }
      case "slow":
        net.latency = step.ms;
        time.after(step.ms * 2, () => {
          net.latency = 40;
        });
        return;
      case "skew":
        device.skew = step.ms;
    }
  }

  #once(say: string): Promise<void> {
    this.#world.relayStore.faults = {};
    return Promise.reject(new Error(say));
  }

  /** The next receipt does not reach the device: the relay has taken the push, the device cannot know. */
  #cutAfterPush(name: string): void {
    const { net } = this.#world;
    net.meddler = {
      toDevice: (device, message, wire) => {
        if (device !== name || message.t !== "receipt") return [message];
        net.meddler = undefined;
        wire.cut();
        return [];
      },
    };
  }

  #comeBack(device: Device, ms: number): void {
    this.#world.time.after(ms, () => {
      if (!device.isRunning && !this.#isOver) void device.boot(false).then((replica) => replica.unlock("correct horse battery staple"));
    });
  }

  #device(who: number): Device {
    return this.#world.device(DEVICES[who] ?? "ana");
  }

  async #write(device: Device, step: Step): Promise<void> {
    const { replica, process } = device;
    // A device that has just been started may not have its vault open yet.
    const open = [...replica.core.logs.values()].find((l) => l.session.identity.kind === "household");
    if (!open) return;
    const { log } = open.session;
    const n = ++this.#n;
    const keep = <T>(
      work: Promise<{ ok: true; value: T } | { ok: false; error: { code: string } }>,
      what: (value: T) => Promised,
    ): void => {
      const done = work.then((result) => {
        if (!result.ok) this.refused.set(result.error.code, (this.refused.get(result.error.code) ?? 0) + 1);
        else if (process.alive) this.promised.push(what(result.value));
      });
      this.#pending.add(done);
      void done.finally(() => this.#pending.delete(done));
    };
    switch (step.do) {
      case "thread":
        keep(replica.sendMessage({ log, subject: `Subject ${String(n)}`, text: `Text ${String(n)}`, files: [] }), (record) => ({ record }));
        return;
      case "reply": {
        const threads = (await replica.threads(log, 0, 500)).rows;
        const thread = threads[step.pick % Math.max(1, threads.length)];
        if (thread) keep(replica.sendMessage({ log, thread: thread.id, text: `Reply ${String(n)}`, files: [] }), (record) => ({ record }));
        return;
      }
      case "expense":
        keep(
          replica.addExpense({
            log,
            title: `Expense ${String(n)}`,
            category: "School",
            amount: 1_000 + n,
            currency: "EUR",
            share: 5_000,
            spent: "2026-03-30",
            files: [],
          }),
          (record) => ({ record }),
        );
        return;
      case "answer": {
        const { rows } = await replica.expenses(log, {}, 0, 500);
        const able = rows.flatMap((e) => e.can.map((act) => ({ expense: e.id, act })));
        const chosen = able[step.pick % Math.max(1, able.length)];
        if (chosen)
          keep(
            replica.answerExpense({
              log,
              ...chosen,
              ...(chosen.act === "refuse" || chosen.act === "request-changes" ? { reason: "Why" } : {}),
            }),
            () => ({ ...chosen, device: device.name }),
          );
        return;
      }
      case "seen": {
        const threads = (await replica.threads(log, 0, 500)).rows;
        const thread = threads[step.pick % Math.max(1, threads.length)];
        if (thread) void replica.setViewReceipts(log, true).then(() => replica.seen(log, thread.id));
        return;
      }
      default:
        this.#openEpoch(device);
    }
  }

  /** A device may open new epochs at any time; here it does so while others write under the old ones. */
  #openEpoch(device: Device): void {
    const session = household(device);
    const { random } = device.ports(device.process);
    void session.statements.request((charter, at, checkpoint) => {
      const [epochs] = newEpochs(charter, ["messages", "expenses"], at, random).statements;
      if (!epochs) return err({ code: "nothing" as const });
      const statement = { ...frameOn(charter, session.device, checkpoint), type: "open-epoch" as const, epochs };
      return ok({ signed: makeStatement(statement, [session.signKeys]), secret: session.signKeys.secretKey });
    }, session);
  }
}

/** The household's id, the same on all devices. */
export const logOf = (world: World): LogId => household(world.device("ana")).log;
