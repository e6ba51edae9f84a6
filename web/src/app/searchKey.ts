import type { SearchKind } from "@countersign/shared/views/search";
import { createContext, useContext, useEffect } from "react";
import { useLocation, useNavigate } from "react-router";
import { deviceSwitch } from "../lib/deviceSwitch.ts";

/** Who speaks to their device, or whose hand slips, may not want a single key to do something. */
export const SEARCH_KEY = deviceSwitch("search-key", true);

/** Whether what has the focus takes letters, or asks something that comes first. */
const isTaken = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || target.closest("input, textarea, select, [role=dialog], [role=textbox]") !== null);

/** Opens the search with `/`, but for where letters are typed. */
export function useSearchKey(): void {
  const on = SEARCH_KEY.useOn();
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
