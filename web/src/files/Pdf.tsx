import { Button, Group, Text } from "@mantine/core";
import { GlobalWorkerOptions, getDocument, type PDFDocumentProxy } from "pdfjs-dist/legacy/build/pdf.mjs";
import workerUrl from "pdfjs-dist/legacy/build/pdf.worker.min.mjs?url";
import { useEffect, useRef, useState, type ReactNode } from "react";
import { Loading } from "../ui/Waiting.tsx";
import { t } from "../words/words.ts";

GlobalWorkerOptions.workerSrc = workerUrl;

/** Pages drawn on a canvas. No script of a PDF runs, no link of it opens, nothing is fetched for it. */
export default function Pdf({ bytes }: { readonly bytes: Uint8Array }): ReactNode {
  const [doc, setDoc] = useState<PDFDocumentProxy>();
  const [broken, setBroken] = useState<"locked" | "unreadable">();
  const [page, setPage] = useState(1);
  useEffect(() => {
    let live = true;
    // The worker takes the bytes over, so it gets a copy.
    const task = getDocument({ data: bytes.slice(), isEvalSupported: false, enableXfa: false, useWasm: false, stopAtErrors: false });
    task.promise.then(
      (opened) => {
        if (live) setDoc(opened);
      },
      (why: unknown) => {
        if (live) setBroken(why instanceof Error && why.name === "PasswordException" ? "locked" : "unreadable");
      },
    );
    return () => {
      live = false;
      void task.destroy();
    };
  }, [bytes]);
  if (broken !== undefined) return <Text>{t(`file.${broken}`)}</Text>;
  if (doc === undefined) return <Loading lines={3} />;
  return (
    <>
      <PageOf doc={doc} page={page} failed={() => setBroken("unreadable")} />
      {doc.numPages < 2 ? null : (
        <Group justify="center">
          <Button variant="default" disabled={page <= 1} onClick={() => setPage(page - 1)} aria-label={t("do.back")}>
            ‹
          </Button>
          <Text role="status">{t("file.page", { page, pages: doc.numPages })}</Text>
          <Button variant="default" disabled={page >= doc.numPages} onClick={() => setPage(page + 1)} aria-label={t("do.continue")}>
            ›
          </Button>
        </Group>
      )}
    </>
  );
}

interface PageProps {
  readonly doc: PDFDocumentProxy;
  readonly page: number;
  readonly failed: () => void;
}

function PageOf({ doc, page, failed }: PageProps): ReactNode {
  const canvas = useRef<HTMLCanvasElement>(null);
  const onFail = useRef(failed);
  useEffect(() => {
    onFail.current = failed;
  });
  useEffect(() => {
    let live = true;
    let cancel: (() => void) | undefined;
    const draw = async (): Promise<void> => {
      const shown = await doc.getPage(page);
      const element = canvas.current;
      if (!live || element === null) return;
      const base = shown.getViewport({ scale: 1 });
      // A hostile page size must not ask for a canvas of gigabytes.
      const scale = Math.min(2, 2400 / Math.max(base.width, base.height));
      const viewport = shown.getViewport({ scale });
      element.width = Math.floor(viewport.width);
      element.height = Math.floor(viewport.height);
      const task = shown.render({ canvas: element, viewport, annotationMode: 0 });
      cancel = () => {
        task.cancel();
      };
      await task.promise;
    };
    draw().catch(() => {
      if (live) onFail.current();
    });
    return () => {
      live = false;
      cancel?.();
    };
  }, [doc, page]);
  return <canvas ref={canvas} className="cs-page" role="img" aria-label={t("file.page", { page, pages: doc.numPages })} />;
}
