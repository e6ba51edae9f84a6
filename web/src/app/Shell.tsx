import { Button } from "@mantine/core";
import {
  IconCalendarTime,
  IconDots,
  IconFileExport,
  IconHistory,
  IconLock,
  IconMail,
  IconReceipt,
  IconSearch,
  IconSettings,
  type Icon,
} from "@tabler/icons-react";
import { useState, type ReactNode } from "react";
import { Link, useLocation } from "react-router";
import { useApi } from "../engine/context.ts";
import { lockNow } from "../engine/draft.ts";
import { t, type WordKey } from "../words/words.ts";
import { Moment } from "./Moment.tsx";
import { Notices } from "./Notices.tsx";
import { LastSearchProvider, useSearchKey, type LastSearch } from "./searchKey.ts";
import { SyncLine } from "./SyncLine.tsx";
import { useAskWaiting, WaitingProvider } from "./waiting.ts";

interface Item {
  readonly to: string;
  readonly word: WordKey;
  readonly icon: Icon;
  readonly also?: readonly string[];
}

const TODAY: Item = { to: "/", word: "nav.today", icon: IconCalendarTime };
const MESSAGES: Item = { to: "/messages", word: "nav.messages", icon: IconMail, also: ["/own/messages"] };
const EXPENSES: Item = { to: "/expenses", word: "nav.expenses", icon: IconReceipt, also: ["/own/expenses"] };
const SEARCH: Item = { to: "/search", word: "search.title", icon: IconSearch };
const HISTORY: Item = { to: "/history", word: "nav.history", icon: IconHistory };
const EXPORTS: Item = { to: "/exports", word: "nav.exports", icon: IconFileExport, also: ["/verify"] };
const SETTINGS: Item = { to: "/settings", word: "nav.settings", icon: IconSettings };
const MORE: Item = { to: "/more", word: "nav.more", icon: IconDots, also: ["/search", "/history", "/exports", "/settings", "/verify"] };

const SIDE = [TODAY, MESSAGES, EXPENSES, SEARCH, HISTORY, EXPORTS, SETTINGS] as const;
const BOTTOM = [TODAY, MESSAGES, EXPENSES, MORE] as const;

/** The frame behind the lock: a bar at the left on wide screens, at the bottom on phones. */
export function Shell({ children }: { readonly children: ReactNode }): ReactNode {
  const api = useApi();
  const waiting = useAskWaiting();
  const [last] = useState<LastSearch>({ text: "", kind: "message" });
  useSearchKey();
  const counts: Partial<Record<WordKey, number>> = {
    "nav.messages": waiting.data?.unread ?? 0,
    "nav.expenses": waiting.data?.expenses.length ?? 0,
  };
  return (
    <div className="cs-frame">
      <a className="cs-skip" href="#main">
        {t("nav.skip")}
      </a>
      <header className="cs-side">
        <div className="cs-brand">
          <img src="/icon.svg" width={32} height={32} alt="" />
          {t("app.name")}
        </div>
        <nav aria-label={t("nav.label")} style={{ display: "contents" }}>
          {SIDE.map((item) => (
            <NavItem key={item.to} item={item} count={counts[item.word] ?? 0} />
          ))}
        </nav>
        <div style={{ marginTop: "auto" }}>
          <SyncLine />
          <Button
            variant="default"
            fullWidth
            mt="sm"
            leftSection={<IconLock size={18} aria-hidden />}
            onClick={() => {
              void lockNow(api);
            }}
          >
            {t("nav.lock")}
          </Button>
        </div>
      </header>
      <main className="cs-main" id="main" tabIndex={-1}>
        <Moment />
        <Notices />
        <LastSearchProvider value={last}>
          <WaitingProvider value={waiting}>{children}</WaitingProvider>
        </LastSearchProvider>
      </main>
      <nav className="cs-bottom" aria-label={t("nav.label")}>
        {BOTTOM.map((item) => (
          <NavItem key={item.to} item={item} count={counts[item.word] ?? 0} />
        ))}
      </nav>
    </div>
  );
}

function NavItem({ item, count }: { readonly item: Item; readonly count: number }): ReactNode {
  const { pathname } = useLocation();
  const below = (path: string): boolean => pathname === path || (path !== "/" && pathname.startsWith(`${path}/`));
  const here = [item.to, ...(item.also ?? [])].some(below);
  const Icon = item.icon;
  return (
    <Link to={item.to} className="cs-nav" {...(here ? { "aria-current": "page" as const } : {})}>
      <Icon size={22} aria-hidden />
      <span>{t(item.word)}</span>
      {count === 0 ? null : (
        <span className="cs-count">
          <span aria-hidden>{count > 99 ? "99+" : count}</span>
          <span className="cs-sr">{t("nav.waiting", { count })}</span>
        </span>
      )}
    </Link>
  );
}
