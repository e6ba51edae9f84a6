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
  /** The row that is at the top at first, and again whenever it becomes another one. */
  readonly start?: number | undefined;
  readonly render: (row: T, index: number) => ReactNode;
}

/** As many pixels of rows beyond the window's edges exist as well, so that there are rows where a scroll, a key or a screen reader gets to. */
const BEYOND = 450;

/** A list of any length in the page's own scroll: only what is in sight exists. */
export function VirtualList<T>(props: Props<T>): ReactNode {
  const { rows, empty } = props;
  const { total } = rows;
  const box = useRef<HTMLDivElement>(null);
  // Where the list begins is known before its rows come, so that they are drawn once.
  const [offset, setOffset] = useState(0);
  useLayoutEffect(() => {
    const measure = (): void => {
      const top = box.current?.getBoundingClientRect().top;
      if (top !== undefined) setOffset(Math.round(top + scrollY));
    };
    measure();
    // What stands above it may come late, or be folded out.
    const watcher = new ResizeObserver(measure);
    watcher.observe(document.body);
    return () => {
      watcher.disconnect();
    };
  }, [total]);

  if (total === 0) return empty;
  return (
    <div ref={box}>
      {rows.failed ? <NotLoaded again={rows.again} /> : null}
      {total === undefined ? rows.failed ? null : <Loading lines={5} /> : <Rows {...props} total={total} offset={offset} />}
    </div>
  );
}

interface RowsProps<T> extends Props<T> {
  readonly total: number;
  /** Where the list begins in the page, in pixels. */
  readonly offset: number;
}

function Rows<T>({ rows, total, offset, label, height, gap = 0, className, start, render }: RowsProps<T>): ReactNode {
  const list = useWindowVirtualizer({
    count: total,
    estimateSize: () => height,
    overscan: Math.ceil(BEYOND / (height + gap)),
    gap,
    scrollMargin: offset,
    // Rows are drawn when React's turn comes, not within the scroll event: the thread is free in between.
    useFlushSync: false,
    // So that the first rows are part of the first drawing, which can wait for a tap, and not of its measuring, which can't.
    initialRect: { width: innerWidth, height: innerHeight },
    // And so that these are the rows which are read first.
    initialOffset: () => (start === undefined ? scrollY : offset + start * (height + gap)),
  });
  const items = list.getVirtualItems();
  const first = items[0]?.index ?? 0;
  const last = items.at(-1)?.index ?? 0;
  const { ensure } = rows;
  useEffect(() => {
    ensure(first, last);
  });
  const went = useRef<number>(undefined);
  useEffect(() => {
    if (start !== undefined && went.current !== start) {
      went.current = start;
      list.scrollToIndex(start, { align: "start" });
    }
  }, [start, list]);

  return (
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
  );
}
