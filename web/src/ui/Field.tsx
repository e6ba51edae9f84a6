import { TextInput } from "@mantine/core";
import type { HTMLInputTypeAttribute, ReactNode } from "react";

interface Props {
  readonly label: string;
  readonly value: string;
  readonly set: (value: string) => void;
  readonly description?: string;
  readonly error?: string | undefined;
  readonly type?: HTMLInputTypeAttribute;
  readonly inputMode?: "decimal" | "url" | "text";
  readonly autoComplete?: string;
  readonly maxLength?: number;
  readonly max?: string;
  readonly list?: string;
}

/** A line of text with its label, its explanation and, where it was refused, why. */
export function Field({ set, type = "text", autoComplete = "off", ...rest }: Props): ReactNode {
  return (
    <TextInput
      {...rest}
      type={type}
      autoComplete={autoComplete}
      onChange={(event) => {
        set(event.currentTarget.value);
      }}
    />
  );
}
