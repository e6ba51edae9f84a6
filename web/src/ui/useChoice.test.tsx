// @vitest-environment happy-dom
import { act, createElement, useEffect, type ReactNode } from "react";
import { createRoot } from "react-dom/client";
import { MemoryRouter, useLocation, useNavigate, type NavigateFunction } from "react-router";
import { beforeEach, expect, test } from "vitest";
import { forgetChoices, useChoice } from "./useChoice.ts";

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });

let choice: ReturnType<typeof useChoice>;
let address = "";
let go: NavigateFunction;

function List(): ReactNode {
  const now = useChoice();
  useEffect(() => {
    choice = now;
  });
  return null;
}
function Screens(): ReactNode {
  const { pathname, search } = useLocation();
  const navigate = useNavigate();
  useEffect(() => {
    address = pathname + search;
    go = navigate;
  });
  return pathname === "/expenses" ? createElement(List) : null;
}
const open = (at: string): void => {
  const root = createRoot(document.createElement("div"));
  act(() => {
    root.render(createElement(MemoryRouter, { initialEntries: [at] }, createElement(Screens)));
  });
};
const shown = (): string => choice.params.toString();

beforeEach(forgetChoices);

test("[threats] what somebody looks for never stands in an address, which a browser keeps on the disk", () => {
  open("/expenses?state=open");
  act(() => choice.put("text", "lawyer"));
  act(() => choice.put("child", "Mia"));
  act(() => choice.put("state", "paid"));
  expect(shown()).toBe("state=paid&text=lawyer&child=Mia");
  expect(address).toBe("/expenses?state=paid");
  act(() => choice.put("text", ""));
  expect(shown()).toBe("state=paid&child=Mia");
});

test("[threats] the way back finds it again, until the vault is locked; another way there begins anew", () => {
  open("/expenses");
  act(() => choice.put("text", "lawyer"));
  act(() => choice.put("state", "paid"));
  act(() => void go("/today"));
  act(() => void go(-1));
  expect(shown()).toBe("state=paid&text=lawyer");
  act(() => void go("/today"));
  act(() => void go("/expenses"));
  expect(shown()).toBe("");
  act(() => void go("/today"));
  forgetChoices();
  act(() => void go(-3));
  expect(shown()).toBe("state=paid");
});

test("[threats] words of an address that was made by hand are taken out of it; choosing anew forgets them", () => {
  open("/expenses?text=lawyer&state=open");
  expect(shown()).toBe("state=open&text=lawyer");
  expect(address).toBe("/expenses?state=open");
  act(() => choice.reset({ in: "own" }));
  expect([shown(), address]).toEqual(["in=own", "/expenses?in=own"]);
});
