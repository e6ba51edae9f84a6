import { INCOMING_SCREEN } from "@countersign/shared/base/incoming";
import { lazy, Suspense, type ReactNode } from "react";
import { Route, Routes, useLocation } from "react-router";
import { Loading } from "../ui/Waiting.tsx";
import { Behind } from "./Behind.tsx";
import { Plain } from "./Plain.tsx";
import { useDesktopAsks } from "./desktop.ts";
import { Start } from "../screens/start/Start.tsx";
import { Today } from "../screens/today/Today.tsx";
import { Threads } from "../screens/messages/Threads.tsx";
import { Thread } from "../screens/messages/Thread.tsx";
import { NewThread } from "../screens/messages/NewThread.tsx";
import { Expenses } from "../screens/expenses/Expenses.tsx";
import { Expense } from "../screens/expenses/Expense.tsx";
import { NewExpense } from "../screens/expenses/NewExpense.tsx";
import { IncomingNowhere } from "../screens/incoming/IncomingNowhere.tsx";
import { Lost } from "../screens/Lost.tsx";
import { More } from "../screens/More.tsx";

const New = lazy(() => import("../screens/start/New.tsx"));
const Join = lazy(() => import("../screens/join/Join.tsx"));
const Restore = lazy(() => import("../screens/start/Restore.tsx"));
const Verify = lazy(() => import("../screens/verify/Verify.tsx"));
const Invite = lazy(() => import("../screens/join/Invite.tsx"));
const Compare = lazy(() => import("../screens/join/Compare.tsx"));
const Search = lazy(() => import("../screens/search/Search.tsx"));
const History = lazy(() => import("../screens/history/History.tsx"));
const Exports = lazy(() => import("../screens/exports/Exports.tsx"));
const About = lazy(() => import("../screens/settings/About.tsx"));
const Settings = lazy(() => import("../screens/settings/Settings.tsx"));
const People = lazy(() => import("../screens/settings/People.tsx"));
const Devices = lazy(() => import("../screens/settings/Devices.tsx"));
const Incoming = lazy(() => import("../screens/incoming/Incoming.tsx"));
const AddDevice = lazy(() => import("../screens/link/AddDevice.tsx"));
const FetchMore = lazy(() => import("../screens/link/FetchMore.tsx"));
const TakeOver = lazy(() => import("../screens/link/TakeOver.tsx"));
const Lock = lazy(() => import("../screens/settings/Lock.tsx"));
const Sheet = lazy(() => import("../screens/settings/Sheet.tsx"));
const Receipts = lazy(() => import("../screens/settings/Receipts.tsx"));
const Sending = lazy(() => import("../screens/settings/Sending.tsx"));
const Writing = lazy(() => import("../screens/settings/Writing.tsx"));
const Storage = lazy(() => import("../screens/settings/Storage.tsx"));
const Leave = lazy(() => import("../screens/settings/Leave.tsx"));

/** Every address of the app. A record's own log is in the address: `/own/…` is the personal one. */
export function Pages(): ReactNode {
  useDesktopAsks();
  const { key } = useLocation();
  return (
    <Suspense fallback={<Loading lines={3} />}>
      <Routes>
        <Route element={<Plain />}>
          <Route path="start" element={<Start />} />
          <Route path="start/new" element={<New />} />
          <Route path="start/device" element={<TakeOver />} />
          <Route path="join" element={<Join />} />
          <Route path="restore" element={<Restore />} />
        </Route>
        <Route element={<Behind open />}>
          <Route path="verify" element={<Verify key={key} />} />
          <Route path="settings/about" element={<About />} />
        </Route>
        <Route element={<Behind none={<IncomingNowhere />} />}>
          <Route path={INCOMING_SCREEN} element={<Incoming />} />
        </Route>
        <Route element={<Behind />}>
          <Route index element={<Today />} />
          <Route path="more" element={<More />} />
          <Route path="invite" element={<Invite />} />
          <Route path="compare" element={<Compare />} />
          <Route path="messages" element={<Threads />} />
          <Route path="messages/new" element={<NewThread />} />
          <Route path="messages/:thread" element={<Thread />} />
          <Route path="messages/:thread/:message" element={<Thread />} />
          <Route path="own/messages/:thread" element={<Thread own />} />
          <Route path="own/messages/:thread/:message" element={<Thread own />} />
          <Route path="expenses" element={<Expenses />} />
          <Route path="expenses/new" element={<NewExpense />} />
          <Route path="expenses/:expense" element={<Expense />} />
          <Route path="own/expenses/:expense" element={<Expense own />} />
          <Route path="search" element={<Search />} />
          <Route path="history" element={<History />} />
          <Route path="exports" element={<Exports />} />
          <Route path="settings" element={<Settings />} />
          <Route path="settings/people" element={<People />} />
          <Route path="settings/devices" element={<Devices />} />
          <Route path="settings/devices/add" element={<AddDevice />} />
          <Route path="settings/devices/fetch" element={<FetchMore />} />
          <Route path="settings/lock" element={<Lock />} />
          <Route path="settings/sheet" element={<Sheet />} />
          <Route path="settings/receipts" element={<Receipts />} />
          <Route path="settings/sending" element={<Sending />} />
          <Route path="settings/writing" element={<Writing />} />
          <Route path="settings/storage" element={<Storage />} />
          <Route path="settings/leave" element={<Leave />} />
          <Route path="*" element={<Lost />} />
        </Route>
      </Routes>
    </Suspense>
  );
}
