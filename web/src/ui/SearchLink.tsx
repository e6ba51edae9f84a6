import { IconSearch } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { Link } from "react-router";
import { SEARCH_KEY } from "../app/searchKey.ts";
import { t } from "../words/words.ts";

/** Leads to the search, and looks like the field that is there. */
export function SearchLink(): ReactNode {
  const hasKey = SEARCH_KEY.useOn();
  return (
    <Link to="/search" className="cs-search" {...(hasKey ? { "aria-keyshortcuts": "/" } : {})}>
      <IconSearch size={20} aria-hidden />
      <span>{t("search.open")}</span>
      {hasKey ? (
        <kbd className="cs-keys" aria-hidden>
          /
        </kbd>
      ) : null}
    </Link>
  );
}
