import { create } from "qrcode";
import type { ReactNode } from "react";

/** A QR code drawn as one SVG path, black on white in light and dark, so that every camera reads it. */
export function QrCode({ text, label, size = 208 }: { readonly text: string; readonly label: string; readonly size?: number }): ReactNode {
  const { modules } = create(text, { errorCorrectionLevel: "M" });
  const width = modules.size + 8;
  let path = "";
  for (let y = 0; y < modules.size; y++) {
    for (let x = 0; x < modules.size; x++) if (modules.get(y, x) !== 0) path += `M${String(x + 4)} ${String(y + 4)}h1v1h-1z`;
  }
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`0 0 ${String(width)} ${String(width)}`}
      width={size}
      height={size}
      style={{ maxWidth: "100%", borderRadius: 8 }}
      shapeRendering="crispEdges"
    >
      <rect width={width} height={width} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  );
}
