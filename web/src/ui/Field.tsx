import { TextInput } from "@mantine/core";
import { useEffect, useRef, type HTMLInputTypeAttribute, type ReactNode } from "react";
import { t } from "../words/words.ts";

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

/**
 * A line of text with its label, its explanation and, where it was refused, why. What is too long is not cut off behind somebody's back, as a browser
 * does with what is pasted: it stays, the field says so, and its form is not sent.
 */
export function Field({ set, type = "text", autoComplete = "off", maxLength, error, ...rest }: Props): ReactNode {
  const input = useRef<HTMLInputElement>(null);
  const isLong = maxLength !== undefined && rest.value.length > maxLength;
  useEffect(() => {
    const form = input.current?.form;
    if (!isLong || !form) return undefined;
    // Here it comes before what the screen does with the form.
    const refuse = (event: Event): void => {
      event.preventDefault();
      event.stopPropagation();
      input.current?.focus();
    };
    form.addEventListener("submit", refuse);
    return () => {
      form.removeEventListener("submit", refuse);
    };
  }, [isLong]);
  return (
    <TextInput
      {...rest}
      ref={input}
      error={isLong ? t("form.tooLong", { most: maxLength, count: rest.value.length }) : error}
      type={type}
      autoComplete={autoComplete}
      onChange={(event) => {
        set(event.currentTarget.value);
      }}
    />
  );
}
