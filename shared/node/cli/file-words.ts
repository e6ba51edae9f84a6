import type { Coded } from "../../src/base/result.ts";
import type { FileIoCode } from "../file-io.ts";

/** Why a file given on the command line cannot be read. */
export function fileSentence({ code, detail }: Coded<FileIoCode>): string {
  switch (code) {
    case "file-none":
      return "There is no such file.";
    case "file-not-plain":
      return "This is no file.";
    case "file-unreadable":
      return `The file cannot be read (${detail ?? "unknown"}).`;
  }
}
