import { holdsFiles } from "./given.ts";

/** A file that misses the place it was meant for is not taken; without this a browser would leave the app and show the file. */
export function refuseStrayDrops(): void {
  const refuse = (event: DragEvent): void => {
    // A place that takes files has taken it. Text that is dragged goes its own way, into a field.
    if (event.defaultPrevented || !holdsFiles(event.dataTransfer)) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "none";
  };
  addEventListener("dragover", refuse);
  addEventListener("drop", refuse);
}
