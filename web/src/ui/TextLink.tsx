import { Anchor } from "@mantine/core";
import type { ReactNode } from "react";
import { Link } from "react-router";

/** A link in a line of its own, high enough for a thumb. */
export function TextLink({ to, children }: { readonly to: string; readonly children: ReactNode }): ReactNode {
  return (
    <Anchor component={Link} to={to} className="cs-text-link">
      {children}
    </Anchor>
  );
}
