import { Button, Stack, Text } from "@mantine/core";
import { IconQrcode } from "@tabler/icons-react";
import { useEffect, useRef, useState, type ReactNode } from "react";
import { t } from "../words/words.ts";
import { Note } from "./Note.tsx";

/** A code detector that some browsers have; not yet in TypeScript's library. */
interface Detector {
  detect(source: HTMLVideoElement): Promise<readonly { readonly rawValue: string }[]>;
}

function builtIn(): Detector | undefined {
  const made: unknown = Reflect.get(globalThis, "BarcodeDetector");
  if (typeof made !== "function") return undefined;
  try {
    return Reflect.construct(made, [{ formats: ["qr_code"] }]) as Detector;
  } catch {
    return undefined;
  }
}

type Read = (video: HTMLVideoElement) => Promise<string | undefined>;

async function reader(): Promise<Read> {
  const detector = builtIn();
  if (detector !== undefined) return async (video) => (await detector.detect(video))[0]?.rawValue;
  const { default: jsQR } = await import("jsqr");
  const canvas = document.createElement("canvas");
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  return (video) => {
    const scale = Math.min(1, 800 / Math.max(video.videoWidth, 1));
    canvas.width = Math.floor(video.videoWidth * scale);
    canvas.height = Math.floor(video.videoHeight * scale);
    if (pen === null || canvas.width === 0) return Promise.resolve(undefined);
    pen.drawImage(video, 0, 0, canvas.width, canvas.height);
    const image = pen.getImageData(0, 0, canvas.width, canvas.height);
    return Promise.resolve(jsQR(image.data, image.width, image.height)?.data);
  };
}

/** Scans a QR code with the camera, on this device. */
export function Scanner({ found }: { readonly found: (text: string) => void }): ReactNode {
  const [on, setOn] = useState(false);
  const [none, setNone] = useState(false);
  return (
    <Stack gap="xs" align="flex-start">
      <Button
        variant="default"
        leftSection={<IconQrcode size={18} aria-hidden />}
        onClick={() => {
          setNone(false);
          setOn(!on);
        }}
      >
        {t(on ? "join.scan.stop" : "join.scan")}
      </Button>
      {none ? <Note live>{t("join.scan.none")}</Note> : null}
      {on ? (
        <Camera
          found={(text) => {
            setOn(false);
            found(text);
          }}
          failed={() => {
            setOn(false);
            setNone(true);
          }}
        />
      ) : null}
    </Stack>
  );
}

function Camera({ found, failed }: { readonly found: (text: string) => void; readonly failed: () => void }): ReactNode {
  const video = useRef<HTMLVideoElement>(null);
  const calls = useRef({ found, failed });
  useEffect(() => {
    calls.current = { found, failed };
  });
  useEffect(() => {
    let live = true;
    let stream: MediaStream | undefined;
    // Asked anew after every wait.
    const on = (): boolean => live;
    const run = async (): Promise<void> => {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      const element = video.current;
      if (!on() || element === null) {
        for (const track of stream.getTracks()) track.stop();
        return;
      }
      element.srcObject = stream;
      await element.play();
      const read = await reader();
      while (on()) {
        const text = await read(element);
        if (text !== undefined && text !== "") {
          calls.current.found(text);
          return;
        }
        await new Promise((wait) => setTimeout(wait, 150));
      }
    };
    run().catch(() => {
      if (live) calls.current.failed();
    });
    return () => {
      live = false;
      for (const track of stream?.getTracks() ?? []) track.stop();
    };
  }, []);
  return (
    <>
      <video ref={video} className="cs-scan" muted playsInline />
      <Text size="sm" role="status">
        {t("join.scan.text")}
      </Text>
    </>
  );
}
