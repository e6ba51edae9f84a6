/** The desktop app: one window with the web build, and the few things that a browser can't do. */
import { existsSync } from "node:fs";
import path from "node:path";
import { app, Menu, powerMonitor, protocol, session, type BrowserWindow } from "electron";
import { askForSnapshot } from "./ask-snapshot.ts";
import { TimeAuthorityDesk } from "./authority.ts";
import type { Channel } from "./channels.ts";
import { answerPages } from "./ipc.ts";
import { menuTemplate } from "./menu.ts";
import { guardDownloads, guardNavigation } from "./navigation.ts";
import { OpenedFiles, snapshotArguments } from "./open-file.ts";
import { guardPermissions } from "./permissions.ts";
import { SCHEME, schemeHandler } from "./scheme.ts";
import { Saves } from "./saves.ts";
import { dropWithPage, openWindow, present } from "./windows.ts";

// Has to be said before the app is ready.
protocol.registerSchemesAsPrivileged([
  { scheme: SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true } },
]);

/** A package carries the web build beside this bundle; in the source tree it is where vite put it. */
function webRoot(): string {
  const packaged = path.join(app.getAppPath(), "renderer");
  return app.isPackaged || existsSync(packaged) ? packaged : path.join(app.getAppPath(), "..", "web", "dist");
}

function main(): void {
  const opened = new OpenedFiles();
  const saves = new Saves();
  const authority = new TimeAuthorityDesk(path.join(app.getPath("userData"), "time-stamp-authority.txt"));
  let window: BrowserWindow | undefined;
  const show = (): void => {
    if (window === undefined || window.isDestroyed()) {
      window = openWindow(path.join(app.getAppPath(), "build"), !app.isPackaged);
      dropWithPage(window, saves);
    } else {
      present(window);
    }
  };

  const tell = (channel: Channel): void => {
    if (window !== undefined && !window.isDestroyed()) window.webContents.send(channel);
  };

  opened.onArrival(() => tell("countersign:opened"));
  opened.add(snapshotArguments(process.argv, process.cwd()));
  app.on("second-instance", (_event, argv, cwd) => {
    opened.add(snapshotArguments(argv, cwd));
    if (app.isReady()) show();
  });
  // Only macOS sends this, and it may do so before the app is ready.
  app.on("open-file", (event, file) => {
    event.preventDefault();
    opened.add(snapshotArguments(["", file], "/"));
    if (app.isReady()) show();
  });
  app.on("activate", show);
  app.on("window-all-closed", () => {
    if (process.platform !== "darwin") app.quit();
  });

  // A save that was begun and not finished leaves no half file behind.
  app.on("will-quit", () => saves.dropAll());

  guardNavigation(app);
  void app.whenReady().then(() => {
    protocol.handle(SCHEME, schemeHandler(webRoot(), { authority, opened }));
    guardPermissions(session.defaultSession);
    guardDownloads(session.defaultSession);
    answerPages(opened, saves, authority);
    // Listened to from when the app is ready on. `lock-screen` comes on macOS and Windows alone.
    powerMonitor.on("suspend", () => tell("countersign:away"));
    powerMonitor.on("lock-screen", () => tell("countersign:away"));
    const acts = {
      open: () => void askForSnapshot(window, opened, show),
      about: () => {
        show();
        tell("countersign:about");
      },
    };
    Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate(process.platform, acts)));
    show();
  });
}

// Every window asks for the sandbox itself; this adds what Chromium starts on its own. As root, where tests run, there is none to have.
if (!app.commandLine.hasSwitch("no-sandbox")) app.enableSandbox();
// Two programs on one store would write over each other; the first one is handed what the second was started with.
if (app.requestSingleInstanceLock()) main();
else app.exit(0);
