import { err, ok } from "@countersign/shared/base/result";
import type { ActCode, Answer } from "@countersign/shared/replica/answer";
import type { ReplicaApi } from "@countersign/shared/replica/api";
import { startOf } from "../../lib/openedFile.ts";
import { PAPER } from "./sample.ts";
import { paper, picture } from "./files.ts";
import { NOW, SAFETY, SHEET, invited, own, waiting } from "./household.ts";
import { compareReportOf, proofReportOf, reportOf } from "./snapshot.ts";
import { detailOf, filteredHistory, worldAt } from "./history.ts";
import { linkCalls } from "./link.ts";
import { balanceOf, filtered, page, threadViews } from "./views.ts";
import { faultsOf, MOVES, STAMPS, WITNESSES, makeWorld, type World } from "./world.ts";
import { addExpense, answerExpense, sendMessage, share } from "./writes.ts";

const PASSPHRASE = "correct horse battery staple";

const done = (): Answer<void> => Promise.resolve(ok(undefined));
const no = <T>(code: ActCode, more: { until?: number; limit?: number } = {}): Answer<T> => Promise.resolve(err({ code, ...more }));

/**
 * A replica made up in memory, for looking at screens and for tests of screens. Nothing is signed, stored or sent. Its passphrase is
 * `correct horse battery staple`.
 */
export function fakeReplica(scenario: string): ReplicaApi {
  const world = makeWorld(scenario);
  const api = makeApi(world);
  if (world.mood === "fine" || world.mood === "full") return api;
  // Only the vault and the households answer; everything else hangs or breaks.
  const basic = new Set<PropertyKey>(["vault", "households", "watch", "viewReceipts", "draft", "sync"]);
  return new Proxy(api, {
    get(target, name, self) {
      const call: unknown = Reflect.get(target, name, self);
      // A promise asks every value for `then`; only the calls of the interface are replaced.
      if (typeof call !== "function" || basic.has(name)) return call;
      return () => (world.mood === "slow" ? new Promise(() => undefined) : Promise.reject(new Error("the engine does not answer")));
    },
  });
}

function makeApi(world: World): ReplicaApi {
  const tell = (topic: "vault" | "households"): void => {
    for (const listener of world.listeners) listener({ topic });
  };
  const open = (): Answer<void> => {
    world.vault = { ...world.vault, state: "open" };
    tell("vault");
    tell("households");
    return done();
  };
  const guarded = (passphrase: string, act: () => void): Answer<void> => {
    if (passphrase !== PASSPHRASE) return no("passphrase-wrong");
    act();
    tell("vault");
    tell("households");
    return done();
  };
  const cancelled = new Set<string>();
  const job = async (name: string): Promise<boolean> => {
    for (let i = 0; i <= 20; i++) {
      if (cancelled.delete(name)) return false;
      for (const listener of world.listeners) listener({ topic: "progress", job: name, done: i * 5, of: 100 });
      await new Promise((wait) => setTimeout(wait, 60));
    }
    return true;
  };
  const update = (change: (h: (typeof world.households)[number]) => (typeof world.households)[number]): Answer<void> => {
    world.households = world.households.map(change);
    tell("households");
    return done();
  };

  return {
    vault: () => Promise.resolve(world.vault),
    start: ({ name, relay, zone }) => {
      if (relay.includes("unreachable")) return no("relay-unreachable");
      world.households = [{ ...own, relay, zone, people: own.people.map((p) => ({ ...p, name })) }];
      return open();
    },
    unlock: (passphrase) => {
      if ((world.vault.waitUntil ?? 0) > Date.now()) return no("passphrase-wait", { until: world.vault.waitUntil ?? 0 });
      return passphrase === PASSPHRASE ? open() : no("passphrase-wrong");
    },
    lock: () => {
      world.vault = { ...world.vault, state: "locked" };
      tell("vault");
      return Promise.resolve();
    },
    setAutoLock: (autoLockMinutes) => {
      world.vault = { ...world.vault, autoLockMinutes };
      tell("vault");
      return done();
    },
    changePassphrase: (old) => guarded(old, () => undefined),
    recoverySheet: (passphrase) =>
      passphrase === PASSPHRASE || world.scenario === "none"
        ? Promise.resolve(ok({ words: SHEET, relay: own.relay, made: NOW, code: `countersign-sheet:1:${own.relay}:${SHEET.join(" ")}` }))
        : no("passphrase-wrong"),
    confirmSheet: (words) => {
      if (!words.every((w) => SHEET[w.at] === w.word.trim().toLowerCase())) return no("sheet-broken");
      world.vault = { ...world.vault, sheetConfirmed: true };
      tell("vault");
      return done();
    },
    restore: ({ words }) => (words.length === SHEET.length ? open() : no("sheet-broken")),
    resetPassphrase: (words) => (words.length === SHEET.length ? open() : no("sheet-broken")),
    unlockWays: () => Promise.resolve(world.ways),
    addUnlockWay: ({ kind, hint, passphrase }) =>
      guarded(passphrase, () => {
        world.ways = [...world.ways, { id: String(world.ways.length), kind, hint, made: NOW }];
      }),
    removeUnlockWay: (id) => {
      world.ways = world.ways.filter((way) => way.id !== id);
      tell("vault");
      return done();
    },
    unlockWith: open,
    eraseDevice: (passphrase) =>
      guarded(passphrase, () => {
        world.vault = { ...world.vault, state: "none", sheetConfirmed: false };
        world.households = [];
      }),

    ...linkCalls(world, PASSPHRASE),

    households: () => Promise.resolve(world.households),
    rename: (log, names) =>
      update((h) => ({
        ...h,
        zone: names.zone ?? h.zone,
        label: h.log === log ? (names.label ?? h.label) : h.label,
        people: h.people.map((p) => ({ ...p, name: (p.me ? names.me : names.other) ?? p.name })),
      })),
    invite: () => {
      world.households = [own, invited];
      tell("households");
      return invited.invite === undefined ? no("internal") : Promise.resolve(ok(invited.invite));
    },
    voidInvite: () => {
      world.households = [own];
      tell("households");
      return done();
    },
    previewInvite: (link) =>
      !link.includes("join=")
        ? no("link-broken")
        : link.includes("used")
          ? no("link-used")
          : Promise.resolve(ok({ relay: own.relay, expires: NOW + 172_800_000 })),
    join: () => {
      world.households = [own, waiting];
      void open();
      return Promise.resolve(ok(waiting.log));
    },
    confirmJoin: (log) =>
      update((h) => (h.log === log ? { ...h, stage: "together", people: h.people.map((p) => ({ ...p, provisional: false })) } : h)),
    keyCards: (log) => {
      const people = world.households.find((h) => h.log === log)?.people ?? [];
      const text = (p: number) => `countersign-card:1:${"oWFsWCAq8mfC9JhT3vXbK1dQ".repeat(9)}${String(p)}`;
      return Promise.resolve(ok(people.map((p, i) => ({ member: p.member, text: text(i), devices: p.devices.length }))));
    },
    checkKeyCard: (_log, text) =>
      Promise.resolve(ok(text.startsWith("countersign-card:") ? ("match" as const) : ("card-not-card" as const))),
    safetyWords: () => Promise.resolve(ok(SAFETY)),
    attest: (log, method) =>
      update((h) =>
        h.log === log ? { ...h, people: h.people.map((p) => (p.me ? p : { ...p, compared: { method, at: NOW, by: h.me } })) } : h,
      ),
    revokeDevice: (_log, device, passphrase) =>
      guarded(passphrase, () => {
        world.households = world.households.map((h) => ({
          ...h,
          people: h.people.map((p) => ({ ...p, devices: p.devices.map((d) => (d.device === device ? { ...d, revoked: NOW } : d)) })),
        }));
      }),
    leave: (log, passphrase) =>
      guarded(passphrase, () => {
        world.households = world.households.map((h) => (h.log === log ? { ...h, stage: "left" } : h));
      }),

    sync: () => Promise.resolve(world.sync),
    syncNow: () => Promise.resolve(),
    stamps: () => Promise.resolve(world.scenario === "home" ? STAMPS : { known: [] }),
    witnesses: () => Promise.resolve(world.scenario === "home" ? WITNESSES : []),
    restoreRelay: async (log, name) => {
      if (!(await job(name))) return err({ code: "cancelled" });
      world.sync = { state: "up-to-date", at: NOW };
      for (const listener of world.listeners) listener({ topic: "sync", log });
      return ok(12);
    },
    checkRelay: (address) =>
      Promise.resolve(
        /^https?:\/\//.test(address) ? ok({ address, name: "relay.example.net", isHere: false }) : err({ code: "relay-address" }),
      ),
    moveRelay: async ({ passphrase, gone }, name) => {
      if (passphrase !== PASSPHRASE) return err({ code: "passphrase-wrong" });
      if (!(await job(name))) return err({ code: "cancelled" });
      if (gone) return err({ code: "less-here" });
      world.households = world.households.map((h) => (h.kind === "household" ? { ...h, move: MOVES["move-mine"] } : h));
      tell("households");
      return ok(undefined);
    },
    consentMove: (_log, passphrase) =>
      guarded(passphrase, () => {
        world.households = world.households.map((h) => (h.move ? { ...h, move: MOVES["move-going"] } : h));
      }),
    stopMove: () => {
      world.households = world.households.map(({ move: _, ...h }) => h);
      tell("households");
      return done();
    },
    followRelay: (address) => Promise.resolve(address.includes("new") ? ok({ moved: 1, asked: 0 }) : err({ code: "move-none" })),
    seenAgain: () => {
      world.households = world.households.map(({ again: _, ...h }) => h);
      tell("households");
      return done();
    },
    faults: () => Promise.resolve(faultsOf(world.scenario)),
    faultProof: () => Promise.resolve(ok(new TextEncoder().encode("made-up proof"))),
    checkFaultProof: (bytes) => Promise.resolve(ok(proofReportOf(bytes.at(-1) === 70))),

    threads: (log, offset, limit, at) => Promise.resolve(page(threadViews(worldAt(world, at), log), offset, limit)),
    messages: (log, thread, offset, limit, at) =>
      Promise.resolve(
        page(
          worldAt(world, at).messages.filter((m) => m.log === log && m.thread === thread),
          offset,
          limit,
        ),
      ),
    readingStart: (log, thread, message, at) => {
      const all = worldAt(world, at).messages.filter((m) => m.log === log && m.thread === thread);
      const found = all.findIndex((m) => m.id === message);
      if (message !== undefined) return Promise.resolve(found < 0 ? undefined : found);
      const unread = threadViews(worldAt(world, at), log).find((row) => row.id === thread)?.unread ?? 0;
      return Promise.resolve(unread > 0 ? all.length - unread : all.length > 3 ? all.length - 1 : undefined);
    },
    message: (log, id, at) => Promise.resolve(worldAt(world, at).messages.find((m) => m.log === log && m.id === id)),
    sendMessage: (input) => sendMessage(world, input),
    seen: (log, message) => {
      const thread = world.messages.find((m) => m.id === message)?.thread;
      if (world.unread.delete(message) && thread !== undefined) {
        for (const listener of world.listeners) listener({ topic: "messages", log, thread });
      }
      return done();
    },
    setViewReceipts: (_log, on) => {
      world.receipts = on;
      tell("households");
      return done();
    },
    viewReceipts: () => Promise.resolve(world.receipts),

    expenses: (log, filter, offset, limit, at) => Promise.resolve(page(filtered(worldAt(world, at), log, filter), offset, limit)),
    expense: (log, id, at) => Promise.resolve(worldAt(world, at).expenses.find((e) => e.log === log && e.id === id)),
    balances: (log, at) => Promise.resolve(balanceOf(worldAt(world, at), log)),
    categories: (log, at) =>
      Promise.resolve([
        ...new Set(
          worldAt(world, at)
            .expenses.filter((e) => e.log === log)
            .map((e) => e.category),
        ),
      ]),
    addExpense: (input) => addExpense(world, input),
    answerExpense: (input) => answerExpense(world, input),
    share: (from, to, record) => share(world, from, to, record),

    file: async (_log, id) => ok(id === PAPER.id ? paper() : await picture()),

    draft: (key) => Promise.resolve(world.drafts.get(key)),
    saveDraft: (key, text) => {
      if (world.mood === "full") return no("storage-full");
      world.drafts.set(key, text);
      return done();
    },

    history: (log, filter, offset, limit, at) => Promise.resolve(page(filteredHistory(world, log, filter, at), offset, limit)),
    historyDetail: (_log, id, at) => Promise.resolve(detailOf(world, id, at)),
    exportHistory: async (log, filter, at, name) => {
      if (!(await job(name))) return err({ code: "cancelled" } as const);
      const bytes = new TextEncoder().encode(`lines,${String(filteredHistory(world, log, filter, at).length)}\r\n`);
      return ok({ name: "countersign-history-2026-11-20.csv", bytes });
    },
    previewSnapshot: (log, scope) => {
      const messages = world.messages.filter(
        (m) =>
          m.log === log &&
          (scope.threads === "all" || scope.threads.includes(m.thread)) &&
          (scope.settlement === "include" || !m.settlement),
      );
      const { expenses: chosen } = scope;
      const expenses = world.expenses.filter((e) => e.log === log && chosen !== "none" && (chosen === "all" || chosen.includes(e.id)));
      const all = world.messages.filter((m) => m.log === log).length + world.expenses.filter((e) => e.log === log).length;
      const files = scope.files ? messages.reduce((n, m) => n + m.files.length, 0) + expenses.reduce((n, e) => n + e.files.length, 0) : 0;
      const count = messages.length + expenses.length;
      return Promise.resolve(
        ok({
          messages: messages.length,
          expenses: expenses.length,
          files,
          bytes: 400_000 + count * 9_000,
          leftOut: all - count,
          pages: 4 + Math.ceil(count / 3),
        }),
      );
    },
    exportSnapshot: async (_log, _scope, passphrase, name, seal) => {
      if (passphrase !== PASSPHRASE) return err({ code: "passphrase-wrong" } as const);
      if (!(await job(name))) return err({ code: "cancelled" } as const);
      return ok({ name: `countersign-2026-11-20.zip${seal ? ".age" : ""}`, file: new Blob([new Uint8Array(200_000)]) });
    },
    verifySnapshot: async (file, name, opener) => {
      if (file.size < 8) return err({ code: "snapshot-not-zip" } as const);
      const first = (await startOf(file, 1))?.[0];
      // 'a' as in age: sealed.
      if (first === 97 && opener !== PASSPHRASE) return err({ code: opener === undefined ? "snapshot-sealed" : "seal-wrong" } as const);
      if (!(await job(name))) return err({ code: "cancelled" } as const);
      return ok(reportOf(world.messages.length > 0 ? world : makeWorld("home"), first === 70));
    },
    countersignSnapshot: async (_log, _file, passphrase, name) => {
      if (passphrase !== PASSPHRASE) return err({ code: "passphrase-wrong" } as const);
      if (!(await job(name))) return err({ code: "cancelled" } as const);
      return ok({ name: "countersigned-2026-11-20.zip", file: new Blob([new Uint8Array(200_000)]) });
    },
    compareSnapshots: async (_a, b, name) => {
      if (!(await job(name))) return err({ code: "cancelled" } as const);
      const first = (await startOf(b, 1))?.[0];
      return ok(compareReportOf(first === 70));
    },
    cancel: (name) => {
      cancelled.add(name);
      return Promise.resolve();
    },
    openSample: () => {
      const sample = makeWorld("home");
      world.households = sample.households;
      world.messages = sample.messages;
      world.expenses = sample.expenses;
      world.vault = { ...sample.vault, sample: true };
      return open();
    },
    watch: (listener) => {
      world.listeners.add(listener);
      return () => world.listeners.delete(listener);
    },
  };
}
