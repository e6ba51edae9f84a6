import { showUnseen } from "@countersign/shared/base/unseen";
import type { LogId } from "@countersign/shared/base/ids";
import type { ActError } from "@countersign/shared/replica/answer";
import type { FileView } from "@countersign/shared/views/record";
import { Stack, Text } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { lazy, Suspense, useCallback, useEffect, useState, type ReactNode } from "react";
import { useApi } from "../engine/context.ts";
import { t } from "../words/words.ts";
import { Dialog } from "../ui/Dialog.tsx";
import { Problem } from "../ui/Problem.tsx";
import { SaveButton } from "../ui/SaveButton.tsx";
import { Loading } from "../ui/Waiting.tsx";
import { KeptOriginal } from "./KeptOriginal.tsx";

const Pdf = lazy(() => import("./Pdf.tsx"));

/** Pictures that a browser draws without running anything. SVG is not among them. */
const PICTURES = new Set(["image/png", "image/jpeg", "image/webp", "image/gif", "image/avif"]);

interface Props {
  readonly log: LogId;
  readonly file: FileView;
  readonly close: () => void;
}

/** One file, shown inside the app where that is safe, and always savable. */
export default function Viewer({ log, file, close }: Props): ReactNode {
  const api = useApi();
  const narrow = useMediaQuery("(max-width: 768px)");
  const [bytes, setBytes] = useState<Uint8Array>();
  const [error, setError] = useState<ActError>();
  useEffect(() => {
    let live = true;
    api.file(log, file.id).then(
      (got) => {
        if (!live) return;
        if (got.ok) setBytes(got.value);
        else setError(got.error);
      },
      () => {
        if (live) setError({ code: "internal" });
      },
    );
    return () => {
      live = false;
    };
  }, [api, log, file.id]);
  return (
    <Dialog title={showUnseen(file.name)} close={close} size="xl" fullScreen={narrow}>
      <Stack>
        {error === undefined ? (
          bytes === undefined ? (
            <Loading lines={3} />
          ) : (
            <Shown file={file} bytes={bytes} />
          )
        ) : (
          <Problem error={error} />
        )}
        {bytes === undefined ? null : <SaveButton name={file.name} content={bytes} variant="default" />}
        {file.original === undefined ? null : <KeptOriginal {...file.original} />}
      </Stack>
    </Dialog>
  );
}

function Shown({ file, bytes }: { readonly file: FileView; readonly bytes: Uint8Array }): ReactNode {
  if (PICTURES.has(file.type)) return <Picture file={file} bytes={bytes} />;
  if (file.type === "application/pdf") {
    return (
      <Suspense fallback={<Loading lines={3} />}>
        <Pdf bytes={bytes} />
      </Suspense>
    );
  }
  return <Text>{t("file.noPreview")}</Text>;
}

function Picture({ file, bytes }: { readonly file: FileView; readonly bytes: Uint8Array }): ReactNode {
  const [broken, setBroken] = useState(false);
  // The picture's address lives exactly as long as its element shows these bytes.
  const draw = useCallback(
    (img: HTMLImageElement) => {
      const made = URL.createObjectURL(new Blob([new Uint8Array(bytes)], { type: file.type }));
      img.src = made;
      return () => {
        URL.revokeObjectURL(made);
      };
    },
    [bytes, file.type],
  );
  if (broken) return <Text>{t("file.unreadable")}</Text>;
  return (
    <img
      className="cs-page"
      ref={draw}
      alt={showUnseen(file.name)}
      onError={() => {
        setBroken(true);
      }}
    />
  );
}
