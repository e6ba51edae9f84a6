import { memo, startTransition, useEffect, useState, type ReactNode } from "react";

/** Rows that are drawn in one go. */
const PORTION = 25;

/** The least height of a row, a folded one, px. */
const ROW = 80;

interface Props<T> {
  readonly items: readonly T[];
  /** Gives each row its key. */
  readonly render: (item: T) => ReactNode;
}

/**
 * A list that is put in some rows at a time, as transitions, so that one of thousands does not hold the screen and taps in between are answered first.
 * Other than in a `VirtualList` all rows are there in the end, and print; what of them is out of sight costs the browser nothing until then.
 */
export function Portions<T>({ items, render }: Props<T>): ReactNode {
  const [shown, setShown] = useState(0);
  const all = Math.ceil(items.length / PORTION);
  useEffect(() => {
    if (shown < all)
      startTransition(() => {
        setShown(shown + 1);
      });
  }, [shown, all]);
  return (
    <>
      {Array.from({ length: Math.min(shown, all) }, (_, i) => (
        <Portion key={i} items={items} from={i * PORTION} render={render as (item: unknown) => ReactNode} />
      ))}
      {shown < all ? <div data-later /> : null}
    </>
  );
}

/** Drawn once while the list is the same. */
const Portion = memo(function Portion({ items, from, render }: Props<unknown> & { readonly from: number }): ReactNode {
  const rows = items.slice(from, from + PORTION);
  return (
    // About how high they are: it is measured once they come into sight.
    <div className="cs-portion" style={{ containIntrinsicBlockSize: `auto ${String(rows.length * ROW)}px` }}>
      {rows.map(render)}
    </div>
  );
});
