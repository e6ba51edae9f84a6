import { Textarea, type TextareaProps } from "@mantine/core";
import type { CSSProperties, ReactNode } from "react";

interface Props extends Omit<TextareaProps, "autosize" | "className" | "rows" | "style"> {
  readonly minRows: number;
}

/** Such a browser sizes a field by what stands in it while it lays out the page; for others the kit measures it anew at each key. */
const doesBrowserSize = CSS.supports("field-sizing", "content");

/** A field for several lines, which grows with what is typed. */
export function TextArea({ minRows, maxRows, ...rest }: Props): ReactNode {
  if (!doesBrowserSize) return <Textarea {...rest} autosize minRows={minRows} {...(maxRows === undefined ? {} : { maxRows })} />;
  const rows = { "--least": minRows, "--most": maxRows ?? 10_000 } as CSSProperties;
  return <Textarea {...rest} classNames={GROWS} style={rows} />;
}

const GROWS = { input: "cs-grows" };
