import { PasswordInput } from "@mantine/core";
import type { ReactNode } from "react";
import { t } from "../words/words.ts";

interface Props {
  readonly label: string;
  readonly value: string;
  readonly set: (value: string) => void;
  readonly autoComplete: "current-password" | "new-password" | "off";
  readonly description?: string;
  readonly error?: string | undefined;
  readonly focus?: boolean;
  readonly disabled?: boolean;
}

/** A passphrase: can be shown, can be pasted. */
export function Passphrase({ label, value, set, autoComplete, description, error, focus = false, disabled = false }: Props): ReactNode {
  return (
    <>
      {/* A browser that offers to remember a password takes the field before it for whose it is, and keeps that in plain text: not a name. */}
      {autoComplete === "new-password" ? (
        <input type="text" autoComplete="username" value={t("app.name")} readOnly hidden tabIndex={-1} aria-hidden />
      ) : null}
      <PasswordInput
        label={label}
        description={description}
        value={value}
        error={error}
        disabled={disabled}
        autoComplete={autoComplete}
        autoCapitalize="none"
        spellCheck={false}
        data-autofocus={focus ? true : undefined}
        autoFocus={focus}
        visibilityToggleButtonProps={{ "aria-label": t("form.show"), tabIndex: 0, size: 40 }}
        onChange={(event) => {
          set(event.currentTarget.value);
        }}
      />
    </>
  );
}
