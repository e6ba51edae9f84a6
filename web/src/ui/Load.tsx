import type { ReactNode } from "react";
import type { Loaded } from "../engine/query.ts";
import { Loading, NotLoaded } from "./Waiting.tsx";

interface Props<T> {
  readonly of: Loaded<T>;
  readonly lines?: number;
  /** What stands there while it loads, in place of grey lines. */
  readonly waiting?: ReactNode;
  readonly children: (data: T) => ReactNode;
}

/** Shows loaded data, else skeletons, else what went wrong. */
export function Load<T>({ of, lines = 4, waiting, children }: Props<T>): ReactNode {
  if (of.data !== undefined) return children(of.data);
  return of.failed ? <NotLoaded again={of.again} /> : (waiting ?? <Loading lines={lines} />);
}
