import type { ActError } from "@countersign/shared/replica/answer";
import type { ReactNode } from "react";
import { errorWords } from "../lib/errors.ts";
import { Note } from "./Note.tsx";

/** The sentence of an error, where there is one. What was typed stays in its fields. */
export function Problem({ error }: { readonly error: ActError | undefined }): ReactNode {
  return error === undefined ? null : (
    <Note tone={error.code === "cancelled" ? "plain" : "bad"} live>
      {errorWords(error)}
    </Note>
  );
}
