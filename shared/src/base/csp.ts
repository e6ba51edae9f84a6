/**
 * The one Content-Security-Policy of the web app. The relay, the desktop's `app://` scheme and vite's preview all send this text, so
 * that what works under one works under the others.
 */

const DIRECTIVES: Readonly<Record<string, readonly string[]>> = {
  "default-src": ["'none'"],
  // wasm-unsafe-eval compiles WebAssembly (Automerge, libsodium, pdf.js) and, unlike unsafe-eval, no JavaScript from text.
  "script-src": ["'self'", "'wasm-unsafe-eval'"],
  // The component library writes its theme's variables into style elements whose text depends on the theme, so no fixed hash fits.
  // Inline styles run no code, and no text of the record is ever set as HTML.
  "style-src": ["'self'", "'unsafe-inline'"],
  "img-src": ["'self'", "data:", "blob:"],
  "media-src": ["'self'", "blob:"],
  "font-src": ["'self'"],
  // The person chooses the relay's address, so it cannot be listed here. The engine opens connections only to the relay that the
  // vault names; what leaves is sealed.
  "connect-src": ["'self'", "ws:", "wss:", "http:", "https:"],
  "worker-src": ["'self'"],
  "manifest-src": ["'self'"],
  "frame-src": ["'none'"],
  "frame-ancestors": ["'none'"],
  "object-src": ["'none'"],
  "base-uri": ["'none'"],
  "form-action": ["'none'"],
};

/** The header's value. */
export const CONTENT_SECURITY_POLICY: string = Object.entries(DIRECTIVES)
  .map(([name, sources]) => `${name} ${sources.join(" ")}`)
  .join("; ");

/** The headers that every response carrying a page, script or style has besides its type. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  "Content-Security-Policy": CONTENT_SECURITY_POLICY,
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  // Scanning a QR code needs the camera; nothing else of the device is asked for.
  "Permissions-Policy": "camera=(self), microphone=(), geolocation=(), payment=(), usb=()",
};
