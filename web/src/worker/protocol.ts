import type { Patch, ReplicaApi } from "@countersign/shared/replica/api";

/** What a page may call; `watch` stays in the page, patches come by themselves. */
export type Method = Exclude<keyof ReplicaApi, "watch">;

/** Calls that change nothing: they are asked again when another tab takes the engine over. */
export const READS: ReadonlySet<Method> = new Set<Method>([
  "vault",
  "unlockWays",
  "households",
  "previewInvite",
  "safetyWords",
  "keyCards",
  "checkKeyCard",
  "accesses",
  "sync",
  "linkState",
  "faults",
  "witnesses",
  "stamps",
  "faultProof",
  "checkFaultProof",
  "threads",
  "messages",
  "message",
  "readingStart",
  "viewReceipts",
  "expenses",
  "expense",
  "balances",
  "categories",
  "children",
  "spending",
  "search",
  "held",
  "file",
  "draft",
  "history",
  "historyDetail",
  "previewSnapshot",
]);

export const METHODS: ReadonlySet<Method> = new Set<Method>([
  ...READS,
  "start",
  "unlock",
  "lock",
  "setAutoLock",
  "setUndoSeconds",
  "active",
  "changePassphrase",
  "resetPassphrase",
  "addUnlockWay",
  "removeUnlockWay",
  "unlockWith",
  "recoverySheet",
  "replaceSheet",
  "confirmSheet",
  "restore",
  "eraseDevice",
  "rename",
  "invite",
  "voidInvite",
  "join",
  "confirmJoin",
  "attest",
  "addDevice",
  "typeDigits",
  "takeOver",
  "fetchMore",
  "stopLink",
  "revokeDevice",
  "refuseRecovery",
  "leave",
  "syncNow",
  "restoreRelay",
  "checkRelay",
  "moveRelay",
  "consentMove",
  "stopMove",
  "followRelay",
  "seenAgain",
  "sendMessage",
  "seen",
  "setViewReceipts",
  "addExpense",
  "answerExpense",
  "share",
  "hold",
  "takeBack",
  "sendNow",
  "saveDraft",
  "exportSnapshot",
  "exportHistory",
  "verifySnapshot",
  "compareSnapshots",
  "countersignSnapshot",
  "cancel",
  "openSample",
]);

export interface Call {
  readonly type: "call";
  readonly id: number;
  readonly method: Method;
  readonly args: readonly unknown[];
}

export type Reply =
  | { readonly type: "reply"; readonly id: number; readonly value: unknown }
  | { readonly type: "broken"; readonly id: number; readonly why: string };

/** Some rows of a long list of the reply that follows (`parts.ts`). */
export interface Part {
  readonly type: "part";
  readonly id: number;
  /** The list's name in the result. */
  readonly name: string;
  readonly rows: readonly unknown[];
}

export interface Pushed {
  readonly type: "patch";
  readonly patch: Patch;
}

/** Between page and its worker. */
export type FromPage = Call;
export type FromWorker = Part | Reply | Pushed;

/** Between workers of several tabs: calls go to the one that runs the engine. */
export type BetweenTabs =
  | { readonly type: "tab-call"; readonly from: string; readonly call: Call }
  | { readonly type: "tab-reply"; readonly to: string; readonly reply: Reply }
  | { readonly type: "tab-patch"; readonly patch: Patch }
  | { readonly type: "engine-where" }
  | { readonly type: "engine-here"; readonly leader: string };

export const ENGINE_LOCK = "countersign-engine";
export const ENGINE_CHANNEL = "countersign-engine";
