import { z } from "zod";
import type { RecordId } from "../base/ids.ts";
import type { CborValue } from "../cbor/cbor.ts";
import { childrenText, MAX_CHILDREN_TEXT } from "../kinds/children.ts";
import type { Fields } from "../kinds/fields.ts";
import type { Kind } from "../kinds/kind.ts";

/** What a tag says of a change: the record's kind and its thread (messages) or itself (everything else). */
export interface Tag {
  readonly kind: string;
  readonly root: string;
  /** Of a record's first act that names children: the text of that field (rule L1c). */
  readonly children?: string | undefined;
}

/** The tag that an act must have (rule X11). */
export function tagOf(kind: Kind, record: RecordId, first: Fields, isFirst: boolean): Tag {
  const children = isFirst ? childrenText(first) : undefined;
  return { kind: kind.name, root: kind.root(record, first), ...(children === undefined ? {} : { children }) };
}

export const sameTag = (a: Tag, b: Tag): boolean => a.kind === b.kind && a.root === b.root && a.children === b.children;

const LIMITS: readonly number[] = [40, 80, MAX_CHILDREN_TEXT];

const isTag = (x: unknown): boolean =>
  Array.isArray(x) &&
  (x.length === 2 || x.length === 3) &&
  (x as readonly unknown[]).every((part, i) => typeof part === "string" && part.length <= (LIMITS[i] ?? 0));

/** A tag as bodies, bundles and rows write it: `[kind, root]` or `[kind, root, children]`. */
export const zTag = (): z.ZodType<Tag, CborValue> =>
  z.codec(
    z.custom<CborValue>(isTag),
    z.custom<Tag>((x) => typeof x === "object"),
    {
      decode: (wire): Tag => {
        const [kind = "", root = "", children] = wire as readonly string[];
        return { kind, root, ...(children === undefined ? {} : { children }) };
      },
      encode: ({ kind, root, children }) => (children === undefined ? [kind, root] : [kind, root, children]),
    },
  );
