import { Text, UnstyledButton } from "@mantine/core";
import { IconChevronRight, type Icon } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { Link } from "react-router";

interface Inside {
  readonly title: string;
  readonly text?: string | undefined;
  readonly icon?: Icon;
  readonly end?: ReactNode;
}

/** A row that leads somewhere: a title, a line of text, an arrow. */
export function LinkRow({ to, ...inside }: Inside & { readonly to: string }): ReactNode {
  return (
    <Link to={to} className="cs-row">
      <Row {...inside} />
    </Link>
  );
}

/** The same where something is done on the way. */
export function ButtonRow({ press, ...inside }: Inside & { readonly press: () => void }): ReactNode {
  return (
    <UnstyledButton className="cs-row" w="100%" onClick={press}>
      <Row {...inside} />
    </UnstyledButton>
  );
}

function Row({ title, text, icon: Icon, end }: Inside): ReactNode {
  return (
    <span style={{ display: "flex", alignItems: "center", gap: 16 }}>
      {Icon === undefined ? null : <Icon size={24} aria-hidden style={{ flex: "none", color: "var(--cs-accent)" }} />}
      <span style={{ flex: 1, minWidth: 0 }}>
        <Text component="span" fw={600} display="block">
          {title}
        </Text>
        {text === undefined ? null : (
          <Text component="span" size="sm" c="dimmed" display="block">
            {text}
          </Text>
        )}
      </span>
      {end}
      <IconChevronRight size={20} aria-hidden style={{ flex: "none", color: "var(--mantine-color-dimmed)" }} />
    </span>
  );
}
