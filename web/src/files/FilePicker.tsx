import { MAX_FILE_BYTES } from "@countersign/shared/kinds/file-limits";
import type { ActError } from "@countersign/shared/replica/answer";
import type { NewFile } from "@countersign/shared/replica/inputs";
import { Button, FileButton, Group, Stack, Text } from "@mantine/core";
import { IconPaperclip, IconX } from "@tabler/icons-react";
import { memo, useCallback, useRef, useState, type ReactNode } from "react";
import { formatSize } from "../lib/size.ts";
import { Problem } from "../ui/Problem.tsx";
import { t } from "../words/words.ts";
import { barePhoto } from "./bare-photo.ts";
import { pastedFiles, useDropZone } from "./given.ts";

/** What can hold the place where it was taken. */
const TAKEN = /^(image|video)\//;

/** Bytes of pictures without what a camera wrote beside them. */
const bare = new WeakSet<Uint8Array>();

/** A photo as it is shared: only the picture (rule of the record: without EXIF). */
function bareFile(file: NewFile): NewFile {
  const picture = barePhoto(file.bytes);
  if (!picture) return file;
  bare.add(picture);
  return { ...file, bytes: picture, ...(picture.length < file.bytes.length ? { original: file.bytes } : {}) };
}

/** A file as it goes into the record. */
export const newFile = (name: string, type: string, bytes: Uint8Array): NewFile =>
  bareFile({ name: name === "" ? "file" : name, type: type === "" ? "application/octet-stream" : type, bytes });

/** Reads what was chosen. */
const readFiles = (list: readonly File[]): Promise<NewFile[]> =>
  Promise.all(list.map(async (file) => newFile(file.name, file.type, new Uint8Array(await file.arrayBuffer()))));

/** Files that a form had before, as it would have them if they were chosen again. */
export const sameFiles = (files: readonly NewFile[]): readonly NewFile[] => files.map(bareFile);

/** What is to be said of places in photos, with the files chosen so far. */
function placeWords(files: readonly NewFile[]): string | undefined {
  if (files.some((file) => TAKEN.test(file.type) && !bare.has(file.bytes))) return t("file.exif");
  return files.some((file) => bare.has(file.bytes)) ? t("file.bare") : undefined;
}

interface Props {
  readonly files: readonly NewFile[];
  readonly set: (change: (before: readonly NewFile[]) => readonly NewFile[]) => void;
  readonly label?: string;
  readonly accept?: string;
  /** The fields of the form: files can be dropped on them and pasted into them. */
  readonly children?: ReactNode;
}

/** Attaches files by choosing, by pasting and by dropping. */
export function FilePicker({ files, set, label, accept, children }: Props): ReactNode {
  const [error, setError] = useState<ActError>();
  const places = placeWords(files);
  const add = useCallback(
    (list: Iterable<File>): void => {
      const chosen = [...list];
      if (chosen.length === 0) return;
      // Before it is read: a video can be larger than what a phone has memory for.
      const fit = chosen.filter((file) => file.size <= MAX_FILE_BYTES);
      setError(fit.length < chosen.length ? { code: "file-too-large", limit: MAX_FILE_BYTES } : undefined);
      if (fit.length === 0) return;
      readFiles(fit).then(
        (read) => {
          set((before) => [...before, ...read]);
        },
        () => {
          setError({ code: "file-unreadable" });
        },
      );
    },
    [set],
  );
  const { over, handlers } = useDropZone(add);
  return (
    <Stack gap="sm" {...handlers} onPaste={(event) => add(pastedFiles(event))}>
      {children}
      <Chosen files={files} set={set} add={add} error={error} over={over} label={label} accept={accept} />
      {places === undefined ? null : (
        <Text size="sm" c="dimmed">
          {places}
        </Text>
      )}
    </Stack>
  );
}

interface ChosenProps extends Pick<Props, "files" | "set"> {
  readonly add: (list: Iterable<File>) => void;
  readonly error: ActError | undefined;
  readonly over: boolean;
  readonly label: string | undefined;
  readonly accept: string | undefined;
}

/** The button, and what was chosen. The fields above are typed into: this is not drawn anew with each key. */
const Chosen = memo(function Chosen({ files, set, add, error, over, label, accept }: ChosenProps): ReactNode {
  const reset = useRef<() => void>(null);
  return (
    <>
      <Group gap="sm" className={over ? "cs-drop" : ""} data-over={over}>
        <FileButton
          multiple
          resetRef={reset}
          onChange={(list) => {
            add(list);
            // A browser keeps what stands in a form, paths of files too, in plain text for its session restore.
            reset.current?.();
          }}
          {...(accept === undefined ? {} : { accept })}
        >
          {(props) => (
            <Button {...props} variant="default" leftSection={<IconPaperclip size={18} aria-hidden />}>
              {label ?? t("file.attach")}
            </Button>
          )}
        </FileButton>
        <Text size="sm" c="dimmed">
          {t("file.hint")}
        </Text>
      </Group>
      <Problem error={error} />
      {files.length === 0 ? null : (
        <Stack gap={4} component="ul" m={0} p={0} style={{ listStyle: "none" }} aria-label={t("file.list")}>
          {files.map((file, i) => (
            <Group
              component="li"
              key={`${file.name} ${String(i)}`}
              gap="xs"
              wrap="nowrap"
              justify="space-between"
              className="cs-note"
              style={{ alignItems: "center" }}
              py={4}
            >
              <Text size="sm">{t("file.size", { name: file.name, size: formatSize(file.bytes.length) })}</Text>
              <Button
                variant="subtle"
                px="xs"
                aria-label={t("file.removeNamed", { name: file.name })}
                leftSection={<IconX size={16} aria-hidden />}
                onClick={() => {
                  set((before) => before.filter((_, at) => at !== i));
                }}
              >
                {t("do.remove")}
              </Button>
            </Group>
          ))}
        </Stack>
      )}
    </>
  );
});
