import { Button, FileButton, Text } from "@mantine/core";
import { useCallback, type ReactNode } from "react";
import { t } from "../words/words.ts";
import { useDropZone, usePastedFiles } from "./given.ts";

interface Props {
  readonly label: string;
  readonly accept: string;
  readonly icon?: ReactNode;
  /** The main thing to do on the screen. */
  readonly main?: boolean;
  readonly open: (file: File) => void;
}

/** Asks for one file: chosen, dropped on the place, or pasted anywhere on the screen. */
export function FileDrop({ label, accept, icon, main = false, open }: Props): ReactNode {
  const first = useCallback(
    ([file]: readonly File[]): void => {
      if (file !== undefined) open(file);
    },
    [open],
  );
  const { over, handlers } = useDropZone(first);
  usePastedFiles(first);
  return (
    <div className="cs-drop" data-over={over} {...handlers}>
      <FileButton onChange={(file) => first(file === null ? [] : [file])} accept={accept}>
        {(props) => (
          <Button {...props} leftSection={icon} variant={main ? "filled" : "default"}>
            {label}
          </Button>
        )}
      </FileButton>
      <Text size="sm" c="dimmed" mt="xs">
        {t("file.drop")}
      </Text>
    </div>
  );
}
