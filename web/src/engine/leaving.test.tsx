// @vitest-environment happy-dom
import type { ReplicaApi } from "@countersign/shared/replica/api";
import { act, createElement, StrictMode, type ReactNode } from "react";
import { createRoot } from "react-dom/client";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ApiContext } from "./context.ts";
import { useStopOnLeaving } from "./leaving.ts";

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });

let stopped: string[] = [];

beforeEach(() => {
  vi.useFakeTimers();
  stopped = [];
});
afterEach(() => {
  vi.useRealTimers();
});

const api = {
  cancel: (job: string) => {
    stopped.push(job);
    return Promise.resolve();
  },
} as ReplicaApi;

function Asks({ job }: { readonly job: string | undefined }): ReactNode {
  useStopOnLeaving(job);
  return null;
}

function screen(): (job: string | undefined) => void {
  const root = createRoot(document.createElement("div"));
  return (job) =>
    act(() => {
      root.render(
        job === "left" ? null : createElement(StrictMode, null, createElement(ApiContext, { value: api }, createElement(Asks, { job }))),
      );
      vi.runAllTimers();
    });
}

test("[jobs] a job goes on while its screen is there, and is stopped when it is left", () => {
  const show = screen();
  show("one");
  show("one");
  expect(stopped).toEqual([]);
  show("left");
  vi.runAllTimers();
  expect(stopped).toEqual(["one"]);
});

test("[jobs] a job in whose place another comes is stopped, the other goes on", () => {
  const show = screen();
  show("one");
  show("two");
  vi.runAllTimers();
  expect(stopped).toEqual(["one"]);
  show(undefined);
  vi.runAllTimers();
  expect(stopped).toEqual(["one", "two"]);
});
