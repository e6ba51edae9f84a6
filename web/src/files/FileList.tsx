import { showUnseen } from "@countersign/shared/base/unseen";
import { isFileRefusal } from "@countersign/shared/base/file-refusals";
import type { LogId } from "@countersign/shared/base/ids";
import type { FileView } from "@countersign/shared/views/record";
import { Box, Button, Group, Text } from "@mantine/core";
import { IconFile, IconFileTypePdf, IconPhoto } from "@tabler/icons-react";
import { lazy, Suspense, useState, type ReactNode } from "react";
import { formatSize } from "../lib/size.ts";
import { t } from "../words/words.ts";

const Viewer = lazy(() => import("./Viewer.tsx"));

const iconOf = (type: string): typeof IconFile =>
  type.startsWith("image/") ? IconPhoto : type === "application/pdf" ? IconFileTypePdf : IconFile;

/** The files of a record; each opens inside the app or is saved. */
export function FileList({ log, files }: { readonly log: LogId; readonly files: readonly FileView[] }): ReactNode {
  const [open, setOpen] = useState<FileView>();
  if (files.length === 0) return null;
  return (
    <>
      <Group gap="xs">
        {files.map((file) => {
          const Icon = iconOf(file.type);
          return file.state === "withdrawn" || file.state === "unfit" ? (
            <Text key={file.id} c="dimmed">
              {showUnseen(file.name)} · {t(`file.${file.state}`)}
            </Text>
          ) : (
            <Box key={file.id} maw="100%">
              <Button
                variant="default"
                maw="100%"
                h="auto"
                py={12}
                leftSection={<Icon size={18} aria-hidden />}
                onClick={() => {
                  setOpen(file);
                }}
              >
                {t("file.size", { name: file.name, size: formatSize(file.size) })}
                {file.state === "to-fetch" ? ` · ${t("file.tofetch")}` : file.state === "uploading" ? ` · ${t("file.uploading")}` : null}
              </Button>
              {isFileRefusal(file.state) ? (
                <Text size="sm" mt={4}>
                  {t(`file.${file.state}`)}
                </Text>
              ) : null}
            </Box>
          );
        })}
      </Group>
      {open === undefined ? null : (
        <Suspense fallback={null}>
          <Viewer
            log={log}
            file={open}
            close={() => {
              setOpen(undefined);
            }}
          />
        </Suspense>
      )}
    </>
  );
}
