import { menuWords } from "@countersign/shared/base/menu-words";
import type { MenuItemConstructorOptions } from "electron";
import { describe, expect, it } from "vitest";
import { menuTemplate } from "./menu.ts";

const acts = { open: () => undefined, about: () => undefined };
const below = (items: readonly MenuItemConstructorOptions[]): MenuItemConstructorOptions[] =>
  items.flatMap((one) => [one, ...(Array.isArray(one.submenu) ? below(one.submenu) : [])]);

describe("the menu bar", () => {
  it.each(["linux", "win32", "darwin"] as const)(
    "[desktop] on %s has words of the catalogue, and nothing that begins the page again",
    (platform) => {
      const items = below(menuTemplate(platform, acts));
      const words = new Set<string | undefined>([...Object.values(menuWords), "Countersign"]);
      expect(items.filter(({ type, label }) => type !== "separator" && !words.has(label))).toEqual([]);
      const roles = items.flatMap(({ role }) => role ?? []);
      for (const role of ["reload", "forceReload", "toggleDevTools", "editMenu", "viewMenu", "windowMenu", "appMenu"])
        expect(roles).not.toContain(role);
      for (const role of ["undo", "redo", "cut", "copy", "paste", "selectAll", "resetZoom", "zoomIn", "zoomOut", "minimize", "quit"])
        expect(roles).toContain(role);
      expect(items.filter(({ id }) => id === "about" || id === "open")).toHaveLength(2);
    },
  );
});
