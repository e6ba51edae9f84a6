import { Skeleton } from "@mantine/core";
import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useLayoutEffect, useRef, useState, type ReactNode } from "react";
import type { Paged } from "../engine/paged.ts";
import { Loading, NotLoaded } from "./Waiting.tsx";

interface Props<T> {
  readonly rows: Paged<T>;
  readonly label: string;
  /** Estimated height of a row in pixels; real heights are measured. */
  readonly height: number;
  readonly gap?: number;
  readonly className?: string;
  readonly empty: ReactNode;
  readonly start?: number | undefined;
  readonly render: (row: T, index: number) => ReactNode;
}

/** A list of any length in the page's own scroll: only what is in sight exists. */
export function VirtualList<T>({ rows, label, height, gap = 0, className, empty, start, render }: Props<T>): ReactNode {
  const box = useRef<HTMLDivElement>(null);
  const [offset, setOffset] = useState(0);
  useLayoutEffect(() => {
    const top = box.current?.getBoundingClientRect().top;
    if (top !== undefined) setOffset(top + scrollY);
  }, [rows.total]);
  const list = useWindowVirtualizer({
    count: rows.total ?? 0,
    estimateSize: () => height,
    overscan: 6,
    gap,
    scrollMargin: offset,
    // Rows are drawn when React's turn comes, not within the scroll event: the thread is free in between.
    useFlushSync: false,
  });
  const items = list.getVirtualItems();
  const first = items[0]?.index ?? 0;
  const last = items.at(-1)?.index ?? 0;
  const { ensure, total } = rows;
  useEffect(() => {
    if (total !== undefined && total > 0) ensure(first, last);
  });
  const went = useRef<number>(undefined);
  useEffect(() => {
    if (start !== undefined && total !== undefined && went.current !== start) {
      went.current = start;
      list.scrollToIndex(start, { align: "start" });
    }
  }, [start, total, list]);

  if (total === undefined) return rows.failed ? <NotLoaded again={rows.again} /> : <Loading lines={5} />;
  if (total === 0) return empty;
  return (
    <div ref={box}>
      {rows.failed ? <NotLoaded again={rows.again} /> : null}
      <div role="list" aria-label={label} className={className} style={{ position: "relative", height: list.getTotalSize() }}>
        {items.map((item) => {
          const row = rows.row(item.index);
          return (
            <div
              key={item.key}
              role="listitem"
              aria-setsize={total}
              aria-posinset={item.index + 1}
              data-index={item.index}
              ref={list.measureElement}
              style={{ position: "absolute", insetInline: 0, top: 0, transform: `translateY(${String(item.start - offset)}px)` }}
            >
              {row === undefined ? <Skeleton height={height} radius={0} /> : render(row, item.index)}
            </div>
          );
        })}
      </div>
    </div>
  );
}
