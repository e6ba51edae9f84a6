import type { ReactNode } from "react";
import type { Loaded } from "../engine/query.ts";
import { Loading, NotLoaded } from "./Waiting.tsx";

interface Props<T> {
  readonly of: Loaded<T>;
  readonly lines?: number;
  readonly children: (data: T) => ReactNode;
}

/** Shows loaded data, else skeletons, else what went wrong. */
export function Load<T>({ of, lines = 4, children }: Props<T>): ReactNode {
  if (of.data !== undefined) return children(of.data);
  return of.failed ? <NotLoaded again={of.again} /> : <Loading lines={lines} />;
}
