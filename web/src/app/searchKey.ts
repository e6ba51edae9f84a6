import { createContext, useContext, useEffect, useSyncExternalStore } from "react";
import { useLocation, useNavigate } from "react-router";
import type { SearchKind } from "@countersign/shared/views/search";

/** Kept outside the vault: it says nothing about the record. */
const KEY = "search-key";
const listeners = new Set<() => void>();

function isOn(): boolean {
  try {
    return localStorage.getItem(KEY) !== "off";
  } catch {
    // A browser that lets this site store nothing: it was never switched off.
    return true;
  }
}

/** Who speaks to their device, or whose hand slips, may not want a single key to do something. */
export function setSearchKey(on: boolean): void {
  if (on) localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, "off");
  for (const listener of listeners) listener();
}

export function useSearchKeyOn(): boolean {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, isOn);
}

/** Whether what has the focus takes letters, or asks something that comes first. */
const isTaken = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || target.closest("input, textarea, select, [role=dialog], [role=textbox]") !== null);

/** Opens the search with `/`, but for where letters are typed. */
export function useSearchKey(): void {
  const on = useSearchKeyOn();
  const go = useNavigate();
  const { pathname } = useLocation();
  useEffect(() => {
    if (!on) return undefined;
    const listen = (event: KeyboardEvent): void => {
      // On some keyboards it is typed with Shift.
      if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || event.isComposing) return;
      if (isTaken(event.target)) return;
      event.preventDefault();
      const field = document.querySelector<HTMLInputElement>("#search");
      if (field === null) void go("/search");
      else field.select();
    };
    addEventListener("keydown", listen);
    return () => {
      removeEventListener("keydown", listen);
    };
  }, [on, go, pathname]);
}

/** What was looked for last: there again on the way back from what was found. In memory alone: an address or a page's state would be kept on the disk. */
export interface LastSearch {
  text: string;
  kind: SearchKind;
}

const LastSearchContext = createContext<LastSearch>({ text: "", kind: "message" });
export const LastSearchProvider = LastSearchContext.Provider;
export const useLastSearch = (): LastSearch => useContext(LastSearchContext);
