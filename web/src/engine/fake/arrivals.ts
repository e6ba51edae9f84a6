import { utf8 } from "@countersign/shared/base/bytes";
import { arrive, type Incoming } from "../../incoming/incoming.ts";

const file = (name: string, type: string): { name: string; type: string; bytes: Uint8Array<ArrayBuffer> } => ({
  name,
  type,
  bytes: new Uint8Array(utf8(name.repeat(20_000))),
});

const MADE_UP: Readonly<Record<string, Incoming>> = {
  receipt: {
    state: "here",
    given: {
      text: "Invoice of the dentist\nhttps://dentist.example/invoice/20311",
      files: [file("dentist-invoice.pdf", "application/pdf")],
    },
  },
  photos: {
    state: "here",
    given: {
      text: "",
      files: [1, 2, 3].map((n) => file(`shoes-and-a-very-long-name-of-a-photo-that-was-taken-${String(n)}.jpg`, "image/jpeg")),
    },
  },
  coming: { state: "coming" },
  gone: { state: "gone" },
  large: { state: "too-much" },
  foreign: { state: "foreign" },
};

/** Puts on the screen what another app would have shared. */
export function giveMadeUp(what: string): void {
  arrive(MADE_UP[what] ?? { state: "unreadable" });
}
