/** The words of a recovery sheet in a text typed, pasted or scanned: lower case, without numbers and punctuation. */
export function sheetWords(text: string): readonly string[] {
  const body = text.includes(":") ? text.slice(text.indexOf(":") + 1) : text;
  return body
    .toLowerCase()
    .split(/[^\p{L}]+/u)
    .filter((word) => word !== "");
}
