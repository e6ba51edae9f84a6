import { idBytes } from "../../base/bytes.ts";
import type { Hex32 } from "../../base/ids.ts";
import { showUnseen } from "../../base/unseen.ts";
import type { Original } from "./originals.ts";

/** Bytes as `printf` of any shell writes them (POSIX: a backslash and three octal digits). */
const octal = (id: Hex32): string => [...idBytes(id)].map((b) => `\\${b.toString(8).padStart(3, "0")}`).join("");

/** What to hand over with a photo's original: how anybody shows, with stock tools, that the signed record fixed this very file (rule R12). */
export function originalProof({ name, bytes, hash, salt, commitment }: Original): string {
  return `The original of a photo, and how to check it

File        ${showUnseen(name)}, ${String(bytes.length)} bytes
SHA-256     ${hash}
Salt        ${salt}
Commitment  ${commitment}

When this photo was shared, what the camera wrote beside the picture (such as the place and the time) was
left out. The signed record does not show the original, but fixes it with the commitment above. Who has
the original and this page can check it on any computer with a shell:

1. The file is this one. In its folder (the name may have to stand in quotes):

   sha256sum FILE

   prints the SHA-256 above.

2. The salt and the SHA-256 give the commitment:

   (printf 'countersign/v1/file-original\\000'; printf '${octal(salt)}'; printf '${octal(hash)}') | sha256sum

   prints the commitment above.

3. The record has the commitment: in an exported snapshot, data/records.jsonl has it as "original" of the
   photo. How that page is checked is said in the snapshot itself.

What this shows: the sender had this very file when the record was signed. What it does not show: that the
place and the time that the camera wrote into it are true.
`;
}
