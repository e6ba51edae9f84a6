import { num, pdfText, ref, type PdfWriter } from "./writer.ts";

export interface Bookmark {
  readonly title: string;
  /** 0 for the highest. */
  readonly level: number;
  readonly page: number;
  readonly y: number;
}

interface Node {
  readonly mark: Bookmark;
  readonly object: number;
  readonly kids: Node[];
}

/** Writes bookmarks in their order as a tree (ISO 32000, 12.3.3). Gives its root; undefined where there are none. */
export function outlineOf(pdf: PdfWriter, marks: readonly Bookmark[]): number | undefined {
  if (marks.length === 0) return undefined;
  const root = pdf.promise();
  const top: Node[] = [];
  const path: Node[] = [];
  for (const mark of marks) {
    const node: Node = { mark, object: pdf.promise(), kids: [] };
    while (path.length > mark.level) path.pop();
    (path.at(-1)?.kids ?? top).push(node);
    path.push(node);
  }
  writeNodes(pdf, top, root);
  pdf.object(`<</Type/Outlines${ends(top)}/Count ${String(top.length)}>>`, root);
  return root;
}

const ends = (nodes: readonly Node[]): string => {
  const [first] = nodes;
  const last = nodes.at(-1);
  return first && last ? `/First ${ref(first.object)}/Last ${ref(last.object)}` : "";
};

function writeNodes(pdf: PdfWriter, nodes: readonly Node[], parent: number): void {
  nodes.forEach(({ mark, object, kids }, i) => {
    const before = nodes[i - 1];
    const after = nodes[i + 1];
    pdf.object(
      `<</Title${pdfText(mark.title)}/Parent ${ref(parent)}/Dest[${ref(mark.page)}/XYZ 0 ${num(mark.y)} null]` +
        (before ? `/Prev ${ref(before.object)}` : "") +
        (after ? `/Next ${ref(after.object)}` : "") +
        // Closed at first: the count of what would show is negative.
        (kids.length > 0 ? `${ends(kids)}/Count ${String(-kids.length)}` : "") +
        ">>",
      object,
    );
    writeNodes(pdf, kids, object);
  });
}
