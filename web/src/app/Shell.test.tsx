// @vitest-environment happy-dom
import { MantineProvider } from "@mantine/core";
import { act } from "react";
import { createRoot } from "react-dom/client";
import { MemoryRouter } from "react-router";
import { expect, test, vi } from "vitest";
import { ApiContext, SessionContext } from "../engine/context.ts";
import { fakeReplica } from "../engine/fake/fake.ts";
import { Today } from "../screens/today/Today.tsx";
import { Shell } from "./Shell.tsx";

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });

test("[performance] the frame and Today ask the engine together, once, for what waits", async () => {
  const fake = fakeReplica("home");
  let asked = 0;
  const api = {
    ...fake,
    threads: (...args: Parameters<typeof fake.threads>) => {
      asked++;
      return fake.threads(...args);
    },
  };
  const [vault, households] = await Promise.all([api.vault(), api.households()]);
  const own = households.find((h) => h.kind === "personal");
  const home = households.find((h) => h.kind === "household");
  if (!own) throw new Error("a personal log");
  const box = document.createElement("div");
  act(() => {
    createRoot(box).render(
      <MantineProvider>
        <MemoryRouter>
          <SessionContext value={{ vault, own, home, at: undefined, lookAt: () => undefined }}>
            <ApiContext value={api}>
              <Shell>
                <Today />
              </Shell>
            </ApiContext>
          </SessionContext>
        </MemoryRouter>
      </MantineProvider>,
    );
  });
  await vi.waitFor(async () => {
    await act(() => Promise.resolve());
    expect(box.querySelector(".cs-count")).not.toBeNull();
  }, 20_000);
  expect(box.querySelector("h1")?.textContent).toBe("Today");
  expect(box.querySelector(".cs-count")?.textContent).toContain("4");
  expect(asked).toBe(1);
});
