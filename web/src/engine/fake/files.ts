/** The bytes of the fake's files: a small drawn picture and a one-page PDF, both made on the spot, and some that are broken. */
import type { FileId } from "@countersign/shared/base/ids";
import { CUT, LOCKED, PAPER, TORN } from "./sample.ts";

/** A receipt-like picture, drawn on a canvas. */
async function picture(): Promise<Uint8Array> {
  const canvas = document.createElement("canvas");
  canvas.width = 480;
  canvas.height = 640;
  const pen = canvas.getContext("2d");
  if (pen !== null) {
    pen.fillStyle = "#fffdf8";
    pen.fillRect(0, 0, 480, 640);
    pen.fillStyle = "#333";
    pen.font = "28px sans-serif";
    ["Shoes and More", "", "1 x Shoes black 32     38.50", "", "Total                      38.50", "Paid by card", "", "Thank you"].forEach(
      (line, i) => {
        pen.fillText(line, 40, 80 + i * 52);
      },
    );
  }
  const blob = await new Promise<Blob | null>((done) => {
    canvas.toBlob(done, "image/png");
  });
  return blob === null ? new Uint8Array() : new Uint8Array(await blob.arrayBuffer());
}

/** A minimal valid PDF with one line of text; behind a password where its parts are said to be sealed with one. */
function paper(isLocked = false): Uint8Array {
  const content =
    "BT /F1 18 Tf 60 760 Td (Dr. Osei, Dental practice) Tj 0 -40 Td (Check-up, 18 November 2026) Tj 0 -40 Td (62.00 GBP) Tj ET";
  // Keys that the empty password does not fit.
  const [key, id] = ["5a".repeat(32), "6b".repeat(16)];
  const objects = [
    "<< /Type /Catalog /Pages 2 0 R >>",
    "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
    `<< /Length ${String(content.length)} >>\nstream\n${content}\nendstream`,
    "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ...(isLocked ? [`<< /Filter /Standard /V 1 /R 2 /P -4 /O <${key}> /U <${key}> >>`] : []),
  ];
  let text = "%PDF-1.4\n";
  const at: number[] = [];
  objects.forEach((object, i) => {
    at.push(text.length);
    text += `${String(i + 1)} 0 obj\n${object}\nendobj\n`;
  });
  const xref = text.length;
  text += `xref\n0 ${String(objects.length + 1)}\n0000000000 65535 f \n`;
  text += at.map((offset) => `${String(offset).padStart(10, "0")} 00000 n \n`).join("");
  const lock = isLocked ? ` /Encrypt 6 0 R /ID [<${id}> <${id}>]` : "";
  text += `trailer << /Size ${String(objects.length + 1)} /Root 1 0 R${lock} >>\nstartxref\n${String(xref)}\n%%EOF\n`;
  return new TextEncoder().encode(text);
}

/** The bytes of one of the fake's files. */
export async function bytesOf(id: FileId): Promise<Uint8Array> {
  switch (id) {
    case PAPER.id:
      return paper();
    case LOCKED.id:
      return paper(true);
    case TORN.id:
    case CUT.id:
      return new Uint8Array(500).fill(7);
    default:
      return picture();
  }
}
