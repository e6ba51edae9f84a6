import { menuWords } from "@countersign/shared/base/menu-words";
import type { MenuItemConstructorOptions } from "electron";

type Role = NonNullable<MenuItemConstructorOptions["role"]>;

/** What the menu does beyond what Electron does by itself. */
export interface MenuActs {
  /** Asks for a snapshot and opens it. */
  readonly open: () => void;
  /** Shows what version this is. */
  readonly about: () => void;
}

const LINE: MenuItemConstructorOptions = { type: "separator" };
const item = (word: keyof typeof menuWords, role: Role): MenuItemConstructorOptions => ({ label: menuWords[word], role });

/**
 * The menu bar: opening, editing, reading and leaving, each with the keys of its system. On macOS the clipboard's keys work only through it. Nothing here
 * begins the page again or opens tools for developers.
 */
export function menuTemplate(platform: NodeJS.Platform, acts: MenuActs): MenuItemConstructorOptions[] {
  const isMac = platform === "darwin";
  const about: MenuItemConstructorOptions = { id: "about", label: menuWords["menu.about"], click: acts.about };
  const quit = item("menu.quit", "quit");
  const ofApp: MenuItemConstructorOptions = {
    label: "Countersign",
    submenu: [about, LINE, item("menu.hide", "hide"), item("menu.hideOthers", "hideOthers"), item("menu.showAll", "unhide"), LINE, quit],
  };
  const file: MenuItemConstructorOptions[] = [
    { id: "open", label: menuWords["menu.open"], accelerator: "CmdOrCtrl+O", click: acts.open },
    LINE,
    isMac ? item("menu.close", "close") : quit,
  ];
  const edit: MenuItemConstructorOptions[] = [
    item("menu.undo", "undo"),
    item("menu.redo", "redo"),
    LINE,
    item("menu.cut", "cut"),
    item("menu.copy", "copy"),
    item("menu.paste", "paste"),
    item("menu.selectAll", "selectAll"),
  ];
  const view: MenuItemConstructorOptions[] = [
    item("menu.actualSize", "resetZoom"),
    item("menu.larger", "zoomIn"),
    item("menu.smaller", "zoomOut"),
    LINE,
    item("menu.fullScreen", "togglefullscreen"),
  ];
  const window: MenuItemConstructorOptions[] = [
    item("menu.minimise", "minimize"),
    ...(isMac ? [item("menu.zoom", "zoom"), LINE, item("menu.front", "front")] : [item("menu.close", "close")]),
  ];
  return [
    ...(isMac ? [ofApp] : []),
    { label: menuWords["menu.file"], submenu: file },
    { label: menuWords["menu.edit"], submenu: edit },
    { label: menuWords["menu.view"], submenu: view },
    { label: menuWords["menu.window"], submenu: window, ...(isMac ? { role: "window" as const } : {}) },
    { label: menuWords["menu.help"], submenu: isMac ? [] : [about], ...(isMac ? { role: "help" as const } : {}) },
  ];
}
