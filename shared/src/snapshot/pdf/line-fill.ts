import type { Cluster } from "./clusters.ts";

/** Fills lines as far as they go; a word that is longer than a line is cut between its clusters. */
export function broken(clusters: readonly Cluster[], width: number): readonly (readonly Cluster[])[] {
  const lines: (readonly Cluster[])[] = [];
  let start = 0;
  while (start < clusters.length) {
    let end = start;
    let used = 0;
    let last = -1;
    for (; end < clusters.length; end++) {
      const c = clusters[end];
      if (!c) break;
      // Spaces at the end of a line hang over its edge.
      if (!c.isSpace && used + c.width > width && end > start) break;
      used += c.width;
      if (c.mayBreak) last = end + 1;
    }
    let cut = end;
    if (end < clusters.length) {
      if (last > start) cut = last;
      else while (cut > start + 1 && clusters[cut]?.clings === true) cut -= 1;
    }
    lines.push(clusters.slice(start, cut));
    start = cut;
  }
  return lines;
}

/** Spaces at the end of a line are not drawn and take up nothing. */
export function withoutTrailingSpace(line: readonly Cluster[]): readonly Cluster[] {
  let end = line.length;
  while (end > 0 && line[end - 1]?.isSpace === true) end -= 1;
  return line.slice(0, end);
}

/** Rule L2 of UAX 9: from the highest level down, what stands at that level or above is turned round. */
export function reordered(line: readonly Cluster[]): readonly Cluster[] {
  const out = [...line];
  const highest = out.reduce((n, c) => Math.max(n, c.level), 0);
  for (let level = highest; level > 0; level--) {
    for (let i = 0; i < out.length;) {
      if ((out[i]?.level ?? 0) < level) {
        i += 1;
        continue;
      }
      let end = i;
      while (end < out.length && (out[end]?.level ?? 0) >= level) end += 1;
      out.splice(i, end - i, ...out.slice(i, end).reverse());
      i = end;
    }
  }
  return out;
}
