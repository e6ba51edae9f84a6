import type { ReactNode } from "react";
import { Outlet } from "react-router";

/** The frame of screens outside the record: one column, no navigation. */
export function Plain({ children }: { readonly children?: ReactNode }): ReactNode {
  return <main className="cs-plain">{children ?? <Outlet />}</main>;
}
