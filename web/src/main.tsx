import "@fontsource-variable/source-sans-3/wght.css";
import "@mantine/core/styles.css";
import "@mantine/notifications/styles.css";
import "./theme/app.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app/App.tsx";
import { startWithOpened } from "./app/desktop.ts";
import { takeLinkFromAddress } from "./app/pendingLink.ts";
import { refuseStrayDrops } from "./files/strayDrop.ts";
import { takeIncoming } from "./incoming/incoming.ts";
import { registerWorker } from "./pwa.ts";

takeLinkFromAddress();
takeIncoming();
refuseStrayDrops();
const root = document.getElementById("root");
if (root === null) throw new Error("the page has no root");
void startWithOpened().then(() => {
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
});
if (import.meta.env.PROD && import.meta.env.MODE !== "test") {
  // Without a service worker the app works as well, only not before the first visit has loaded it.
  void registerWorker().catch(() => undefined);
}
