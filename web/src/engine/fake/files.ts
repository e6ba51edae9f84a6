/** The bytes of the fake's files: a small drawn picture and a one-page PDF, both made on the spot. */

/** A receipt-like picture, drawn on a canvas. */
export async function picture(): Promise<Uint8Array> {
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

/** A minimal valid PDF with one line of text. */
export function paper(): Uint8Array {
  const content =
    "BT /F1 18 Tf 60 760 Td (Dr. Osei, Dental practice) Tj 0 -40 Td (Check-up, 18 November 2026) Tj 0 -40 Td (62.00 GBP) Tj ET";
  const objects = [
    "<< /Type /Catalog /Pages 2 0 R >>",
    "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
    `<< /Length ${String(content.length)} >>\nstream\n${content}\nendstream`,
    "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
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
  text += `trailer << /Size ${String(objects.length + 1)} /Root 1 0 R >>\nstartxref\n${String(xref)}\n%%EOF\n`;
  return new TextEncoder().encode(text);
}
