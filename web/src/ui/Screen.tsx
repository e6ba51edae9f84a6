import { Anchor, Group, Title } from "@mantine/core";
import { IconArrowLeft } from "@tabler/icons-react";
import { useEffect, useRef, type ReactNode } from "react";
import { Link } from "react-router";
import { t } from "../words/words.ts";

interface Props {
  readonly title: string;
  /** What kind of page it is, where the title is what a person wrote: browsers keep the names of pages in plain text. */
  readonly kind?: string;
  /** Where Back leads; without it this is a main screen. */
  readonly back?: string;
  readonly action?: ReactNode;
  readonly children: ReactNode;
}

/** One screen: its one heading, its one main action. The heading takes the focus, so that a screen reader says where one is. */
export function Screen({ title, kind = title, back, action, children }: Props): ReactNode {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = t("app.title", { screen: kind });
  }, [kind]);
  useEffect(() => {
    // A field that asks for the focus itself keeps it.
    if (document.activeElement === null || document.activeElement === document.body) heading.current?.focus({ preventScroll: true });
  }, []);
  return (
    <>
      {back === undefined ? null : (
        <Anchor
          component={Link}
          to={back}
          className="cs-no-print"
          style={{ display: "inline-flex", alignItems: "center", gap: 6, minHeight: 44 }}
        >
          <IconArrowLeft size={18} aria-hidden /> {t("do.back")}
        </Anchor>
      )}
      <Group justify="space-between" align="center" gap="sm" mb="md" mih={44}>
        <Title order={1} ref={heading} tabIndex={-1} style={{ flex: "1 1 200px" }}>
          {title}
        </Title>
        {action}
      </Group>
      {children}
    </>
  );
}
