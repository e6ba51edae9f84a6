import { memo, startTransition, useEffect, useState, type ReactNode } from "react";

/** Rows that are drawn in one go. */
const PORTION = 25;

interface Props<T> {
  readonly items: readonly T[];
  /** Gives each row its key. */
  readonly render: (item: T) => ReactNode;
}

/**
 * A list that is put in some rows at a time, as transitions, so that one of thousands does not hold the screen and taps in between are answered first.
 * Other than in a `VirtualList` all rows are there in the end, and print.
 */
export function Portions<T>({ items, render }: Props<T>): ReactNode {
  const [shown, setShown] = useState(1);
  const all = Math.ceil(items.length / PORTION);
  useEffect(() => {
    if (shown < all)
      startTransition(() => {
        setShown(shown + 1);
      });
  }, [shown, all]);
  return Array.from({ length: Math.min(shown, all) }, (_, i) => (
    <Portion key={i} items={items} from={i * PORTION} render={render as (item: unknown) => ReactNode} />
  ));
}

/** Drawn once while the list is the same. */
const Portion = memo(function Portion({ items, from, render }: Props<unknown> & { readonly from: number }): ReactNode {
  return items.slice(from, from + PORTION).map(render);
});
