import { Checkbox } from "@mantine/core";
import type { ReactNode } from "react";
import { Field } from "../../ui/Field.tsx";
import { t } from "../../words/words.ts";
import { relayAddress } from "./relay.ts";

interface Props {
  readonly value: string;
  readonly set: (value: string) => void;
  readonly description?: string;
  /** It was sent off once: what is missing is said. */
  readonly tried: boolean;
}

/** A name that has to be there. */
export function NameField({ label, tried, value, ...rest }: Props & { readonly label: string }): ReactNode {
  return (
    <Field {...rest} label={label} value={value} maxLength={80} error={tried && value.trim() === "" ? t("form.required") : undefined} />
  );
}

/** A relay's address. What is typed is looked at while it is typed: it is long, and nobody wants to look for the fault afterwards. */
export function RelayField({ tried, value, ...rest }: Props): ReactNode {
  return (
    <Field
      {...rest}
      label={t("new.relay")}
      value={value}
      type="url"
      inputMode="url"
      error={(tried || value !== "") && !relayAddress(value) ? t("new.relay.wrong") : undefined}
    />
  );
}

/** Whether the other parent is told what was viewed, and when: a choice of one's own, made before there is anything to tell. */
export function ReceiptsChoice({ value, set }: { readonly value: boolean; readonly set: (on: boolean) => void }): ReactNode {
  return (
    <Checkbox
      label={t("new.receipts")}
      description={t("new.receipts.text")}
      checked={value}
      onChange={(event) => {
        set(event.currentTarget.checked);
      }}
    />
  );
}
