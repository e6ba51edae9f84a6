import type { TakenBack } from "@countersign/shared/replica/held-view";
import type { NewFile } from "@countersign/shared/replica/inputs";
import { useEffect, useState, type Dispatch, type SetStateAction } from "react";

let placed: readonly NewFile[] = [];

/** Files of another app, on their way to the form that the person chose for them. */
export function placeFiles(files: readonly NewFile[]): void {
  placed = files;
}

export type FormFiles = readonly [readonly NewFile[], Dispatch<SetStateAction<readonly NewFile[]>>];

/** The files of a form, with those that another app gave for it. */
export function useFormFiles(): FormFiles {
  const [begun] = useState(() => placed);
  const state = useState<readonly NewFile[]>(begun);
  useEffect(() => {
    // After drawing, which can be thrown away and done again: the files would be lost with it.
    const soon = setTimeout(() => {
      if (placed === begun) placed = [];
    }, 0);
    return () => clearTimeout(soon);
  }, [begun]);
  return state;
}

/** Files that came back into this form, with what was taken back, stand before those that were chosen meanwhile. */
export function useFilesBack(back: TakenBack | undefined, [, set]: FormFiles): void {
  useEffect(() => {
    if (back === undefined || back.files.length === 0) return;
    set((before) => (before.some((file) => back.files.includes(file)) ? before : [...back.files, ...before]));
  }, [back, set]);
}
