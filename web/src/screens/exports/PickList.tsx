import { Text } from "@mantine/core";
import type { ReactNode } from "react";
import type { Paged } from "../../engine/paged.ts";
import { VirtualList } from "../../ui/VirtualList.tsx";
import { t } from "../../words/words.ts";

interface Props<T> {
  readonly rows: Paged<T>;
  readonly label: string;
  /** Estimated height of a row in pixels. */
  readonly height?: number;
  readonly render: (row: T) => ReactNode;
}

/** A list of any length from which something is picked for a snapshot. */
export const PickList = <T,>({ height = 52, ...rest }: Props<T>): ReactNode => (
  <VirtualList {...rest} height={height} className="cs-list" empty={<Text c="dimmed">{t("verify.none")}</Text>} />
);
