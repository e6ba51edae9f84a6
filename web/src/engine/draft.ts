import type { LogId, RecordId } from "@countersign/shared/base/ids";
import type { ReplicaApi } from "@countersign/shared/replica/api";
import type { ExpenseAct } from "@countersign/shared/views/record";
import { useEffect, useMemo, useState } from "react";
import { useApi } from "./context.ts";

const PAUSE = 300;

/** Under which names forms keep what is typed. */
export const draftKeys = {
  message: (log: LogId, thread: RecordId | undefined): { readonly text: string; readonly subject: string; readonly children: string } => {
    const text = `message ${log} ${thread ?? "new"}`;
    return { text, subject: `${text} subject`, children: `${text} children` };
  },
  /** @param name of a form beside the usual one */
  expense: (log: LogId, name = "new"): string => `expense ${log} ${name}`,
  answer: (expense: RecordId, act: ExpenseAct): string => `answer ${expense} ${act}`,
  answers: (expense: RecordId): string => `answer ${expense}`,
  several: (log: LogId): string => `answer ${log} several`,
};

/**
 * Keeps one text in the vault while it is typed: after each pause, when the page is hidden, and when its screen closes. Where the
 * vault refuses (locked, full), the text stays in memory and is tried again with the next change or the next opening.
 */
export class DraftKeeper {
  static readonly #unsaved = new Map<string, string>();
  /** Those that hold letters of the last pause. */
  static readonly #typing = new Set<DraftKeeper>();
  readonly #api: ReplicaApi;
  readonly #key: string;
  readonly #saved: (ok: boolean) => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #pending: string | undefined;

  constructor(api: ReplicaApi, key: string, saved: (ok: boolean) => void) {
    this.#api = api;
    this.#key = key;
    this.#saved = saved;
  }

  /** Keeps what is being typed anywhere, without waiting for the pause: before a lock, which would refuse it. */
  static async keepAll(): Promise<void> {
    await Promise.all([...DraftKeeper.#typing].map((keeper) => keeper.flush()));
  }

  async load(): Promise<string> {
    const unsaved = DraftKeeper.#unsaved.get(this.#key);
    if (unsaved !== undefined) {
      this.write(unsaved);
      return unsaved;
    }
    return (await this.#api.draft(this.#key)) ?? "";
  }

  write(text: string): void {
    this.#pending = text;
    DraftKeeper.#typing.add(this);
    DraftKeeper.#unsaved.set(this.#key, text);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.flush(), PAUSE);
  }

  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    const text = this.#pending;
    if (text === undefined) return;
    this.#pending = undefined;
    DraftKeeper.#typing.delete(this);
    let kept: boolean;
    try {
      kept = (await this.#api.saveDraft(this.#key, text)).ok;
    } catch {
      kept = false;
    }
    if (kept && DraftKeeper.#unsaved.get(this.#key) === text) DraftKeeper.#unsaved.delete(this.#key);
    this.#saved(kept);
  }
}

/** Locks once what was typed up to now is kept. */
export async function lockNow(api: ReplicaApi): Promise<void> {
  await DraftKeeper.keepAll();
  await api.lock();
}

/** Changes a draft whose field is not on the screen. */
export async function changeDraft(api: ReplicaApi, key: string, change: (before: string) => string): Promise<void> {
  const keeper = new DraftKeeper(api, key, () => undefined);
  keeper.write(change(await keeper.load()));
  // Where the vault refuses it, the field has it in memory and says so.
  await keeper.flush();
}

export interface Draft {
  /** Undefined until the kept text is known; the field is not shown before, so that nothing typed is overwritten. */
  readonly text: string | undefined;
  readonly set: (text: string) => void;
  readonly state: "kept" | "typing" | "not-kept";
}

/** A text field's draft under a key. */
export function useDraft(key: string): Draft {
  const api = useApi();
  const [held, setHeld] = useState<{ key: string; text: string }>();
  const [known, setKnown] = useState<{ key: string; state: Draft["state"] }>({ key, state: "kept" });
  // What was known is about another field now.
  if (known.key !== key) setKnown({ key, state: "kept" });
  const keeper = useMemo(
    () =>
      new DraftKeeper(api, key, (kept) => {
        // The keeper of a field that was left may answer late.
        setKnown((now) => (now.key === key ? { key, state: kept ? "kept" : "not-kept" } : now));
      }),
    [api, key],
  );

  useEffect(() => {
    let live = true;
    keeper.load().then(
      (text) => {
        if (live) setHeld({ key, text });
      },
      () => {
        if (live) setHeld({ key, text: "" });
      },
    );
    const hide = (): void => void keeper.flush();
    addEventListener("pagehide", hide);
    document.addEventListener("visibilitychange", hide);
    return () => {
      live = false;
      removeEventListener("pagehide", hide);
      document.removeEventListener("visibilitychange", hide);
      void keeper.flush();
    };
  }, [key, keeper]);

  return {
    text: held?.key === key ? held.text : undefined,
    set: (text) => {
      setHeld({ key, text });
      setKnown({ key, state: "typing" });
      keeper.write(text);
    },
    state: known.state,
  };
}

/** A list of names as one draft. */
export const namesDraft = {
  read: (text: string): readonly string[] => text.split("\n").filter((name) => name !== ""),
  write: (names: readonly string[]): string => names.join("\n"),
};

/** A list of names that is kept as a draft. */
export function useDraftNames(key: string): {
  readonly names: readonly string[] | undefined;
  readonly set: (names: readonly string[]) => void;
} {
  const draft = useDraft(key);
  return {
    names: draft.text === undefined ? undefined : namesDraft.read(draft.text),
    set: (names) => {
      draft.set(namesDraft.write(names));
    },
  };
}
