import { err, ok, type Result } from "../../base/result.ts";
import { formatChildren, labelOf, MAX_CHILD, MAX_CHILDREN } from "../../kinds/children.ts";
import type { ActError } from "../answer.ts";

/** The field for children as they were typed (rule R13); no field where there are none. A spelling that stands twice stands once. */
export function childrenField(typed: readonly string[] = []): Result<{ readonly children?: string }, ActError> {
  const labels = new Set<string>();
  for (const text of typed) {
    const label = labelOf(text);
    if (label === undefined) return err({ code: "child-wrong", limit: MAX_CHILD });
    labels.add(label);
  }
  if (labels.size > MAX_CHILDREN) return err({ code: "children-many", limit: MAX_CHILDREN });
  return ok(labels.size === 0 ? {} : { children: formatChildren([...labels]) });
}
