import { beforeAll, describe, expect, it } from "vitest";
import { refuseStrayDrops } from "./strayDrop.ts";

/** What is dragged over the page, or dropped on it. Gives whether the browser does nothing of its own with it, and what it shows. */
function give(kind: string, types: readonly string[], target: EventTarget = document.body): { taken: boolean; effect: string } {
  const dataTransfer = { types, dropEffect: "copy" };
  const event = Object.assign(new Event(kind, { bubbles: true, cancelable: true }), { dataTransfer });
  return { taken: !target.dispatchEvent(event), effect: dataTransfer.dropEffect };
}

describe("files that miss their place", () => {
  beforeAll(refuseStrayDrops);

  it("[files] do not take the app away", () => {
    expect(give("dragover", ["Files"])).toEqual({ taken: true, effect: "none" });
    expect(give("drop", ["Files"])).toEqual({ taken: true, effect: "none" });
  });

  it("[files] are left to a place that takes them, and text to its field", () => {
    const place = document.body.appendChild(document.createElement("div"));
    place.addEventListener("drop", (event) => event.preventDefault());
    expect(give("drop", ["Files"], place)).toEqual({ taken: true, effect: "copy" });
    expect(give("drop", ["text/plain"])).toEqual({ taken: false, effect: "copy" });
  });
});
