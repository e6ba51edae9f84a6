import type { ReplicaApi } from "@countersign/shared/replica/api";
import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { useEffect, useState, type ReactNode } from "react";
import { BrowserRouter } from "react-router";
import { obtainReplica } from "../engine/client.ts";
import { ApiContext } from "../engine/context.ts";
import { theme, variables } from "../theme/theme.ts";
import { AutoLock } from "./autoLock.ts";
import { Crash } from "./Crash.tsx";
import { EngineFailed } from "./EngineFailed.tsx";
import { ExitButton } from "./ExitButton.tsx";
import { Pages } from "./Pages.tsx";
import { VersionNotice } from "./VersionNotice.tsx";
import { useShiftExit } from "./quickExit.ts";

type Engine = { readonly state: "starting" } | { readonly state: "ready"; readonly api: ReplicaApi } | { readonly state: "failed" };

/** The app: theme, engine, address bar, screens. */
export function App(): ReactNode {
  const [engine, setEngine] = useState<Engine>({ state: "starting" });
  useEffect(() => {
    let live = true;
    obtainReplica().then(
      (api) => {
        if (live) setEngine({ state: "ready", api });
      },
      () => {
        if (live) setEngine({ state: "failed" });
      },
    );
    return () => {
      live = false;
    };
  }, []);
  const api = engine.state === "ready" ? engine.api : undefined;
  useShiftExit(api);
  return (
    <MantineProvider theme={theme} cssVariablesResolver={variables} defaultColorScheme="auto">
      <Notifications position="bottom-center" autoClose={4000} />
      <Crash>
        <VersionNotice />
        <ExitButton api={api} />
        {engine.state === "failed" ? <EngineFailed /> : null}
        {engine.state === "ready" ? (
          <ApiContext value={engine.api}>
            <AutoLock />
            <BrowserRouter>
              <Pages />
            </BrowserRouter>
          </ApiContext>
        ) : null}
      </Crash>
    </MantineProvider>
  );
}
