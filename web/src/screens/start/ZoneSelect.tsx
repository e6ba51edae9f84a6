import { NativeSelect } from "@mantine/core";
import { useMemo, type ReactNode } from "react";
import { zones } from "../../lib/time.ts";
import { t } from "../../words/words.ts";

interface Props {
  readonly value: string;
  readonly set: (zone: string) => void;
}

/** The household's time zone. */
export function ZoneSelect({ value, set }: Props): ReactNode {
  const all = useMemo(() => {
    const list = zones();
    return list.includes(value) ? list : [value, ...list];
  }, [value]);
  return (
    <NativeSelect
      label={t("new.zone")}
      description={t("new.zone.text")}
      data={[...all]}
      value={value}
      onChange={(event) => {
        set(event.currentTarget.value);
      }}
    />
  );
}
