import { NativeSelect } from "@mantine/core";
import type { ReactNode } from "react";

interface Props {
  readonly label: string;
  /** What stands for no choice. */
  readonly all: string;
  readonly words: readonly string[];
  /** Empty for no choice. It is offered also where it is not among the words. */
  readonly value: string;
  readonly set: (word: string) => void;
}

/**
 * A choice among words that a person wrote. The options have numbers for values: a browser keeps the value of such a field, whatever the field
 * says about it, in plain text for its session restore.
 */
export function WordSelect({ label, all, words, value, set }: Props): ReactNode {
  const offered = [...new Set([...words, ...(value === "" ? [] : [value])])];
  return (
    <NativeSelect
      label={label}
      value={value === "" ? "" : String(offered.indexOf(value))}
      data={[{ value: "", label: all }, ...offered.map((word, i) => ({ value: String(i), label: word }))]}
      onChange={(event) => {
        set(offered[Number(event.currentTarget.value || "-1")] ?? "");
      }}
    />
  );
}
