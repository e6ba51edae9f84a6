import { useEffect, useState, type ClipboardEvent as PasteEvent, type DragEvent as DraggedEvent } from "react";

/** Whether files are dragged or pasted, and not text. */
export const holdsFiles = (data: DataTransfer | null): data is DataTransfer => data?.types.includes("Files") === true;

interface DropZone {
  /** Something that can be dropped here is held over the place. */
  readonly over: boolean;
  /** For the element that takes the files. Text that is dragged goes its own way, into a field. */
  readonly handlers: {
    readonly onDragOver: (event: DraggedEvent) => void;
    readonly onDragLeave: () => void;
    readonly onDrop: (event: DraggedEvent) => void;
  };
}

/** A place of the screen that takes files that are dropped on it. */
export function useDropZone(take: (files: readonly File[]) => void): DropZone {
  const [over, setOver] = useState(false);
  return {
    over,
    handlers: {
      onDragOver: (event) => {
        if (!holdsFiles(event.dataTransfer)) return;
        event.preventDefault();
        setOver(true);
      },
      onDragLeave: () => {
        setOver(false);
      },
      onDrop: (event) => {
        if (!holdsFiles(event.dataTransfer)) return;
        event.preventDefault();
        setOver(false);
        take([...event.dataTransfer.files]);
      },
    },
  };
}

/** Files out of the clipboard, which then paste nothing else; empty where it holds text. */
export function pastedFiles(event: PasteEvent | ClipboardEvent): readonly File[] {
  const files = [...(event.clipboardData?.files ?? [])];
  if (files.length > 0) event.preventDefault();
  return files;
}

/** Takes files that are pasted anywhere on the screen: for one without a field that a paste could go into. */
export function usePastedFiles(take: (files: readonly File[]) => void): void {
  useEffect(() => {
    const paste = (event: ClipboardEvent): void => {
      const files = pastedFiles(event);
      if (files.length > 0) take(files);
    };
    document.addEventListener("paste", paste);
    return () => {
      document.removeEventListener("paste", paste);
    };
  }, [take]);
}
