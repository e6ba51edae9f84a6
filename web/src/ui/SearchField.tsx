import { TextInput } from "@mantine/core";
import { useState, type ReactNode } from "react";

interface Props {
  readonly label: string;
  /** As the choice of the list has it, which follows the typing. */
  readonly value: string;
  readonly set: (value: string) => void;
}

/** What is searched for in a list. The field holds what is typed itself: letters would be lost while it waited for the choice to follow. */
export function SearchField({ label, value, set }: Props): ReactNode {
  const [typed, setTyped] = useState(value);
  const [seen, setSeen] = useState(value);
  const [isTyping, setTyping] = useState(false);
  if (value !== seen) {
    setSeen(value);
    // Somebody chose something else than what stands here, or came back.
    if (!isTyping) setTyped(value);
  }
  return (
    <TextInput
      label={label}
      type="search"
      autoComplete="off"
      value={typed}
      onFocus={() => {
        setTyping(true);
      }}
      onBlur={() => {
        setTyping(false);
      }}
      onChange={(event) => {
        setTyped(event.currentTarget.value);
        set(event.currentTarget.value);
      }}
    />
  );
}
