// What the tests need from the system. As root on Debian it is installed; otherwise a sentence says what to install.
import { existsSync } from "node:fs";
import path from "node:path";
import { run } from "./run.mjs";

/** A program (or a file) that shows that a Debian package is there. @type {readonly (readonly [string, string])[]} */
const NEEDED = [
  ["/usr/bin/chromium", "chromium"],
  ["/usr/bin/firefox-esr", "firefox-esr"],
  ["Xvfb", "xvfb"],
  ["xauth", "xauth"],
  // The stock tools with which a snapshot is looked at without us.
  ["openssl", "openssl"],
  ["/usr/bin/python3", "python3"],
  ["/usr/lib/python3/dist-packages/nacl/__init__.py", "python3-nacl"],
  ["age", "age"],
  ["ssh-keygen", "openssh-client"],
  ["unzip", "unzip"],
  ["qpdf", "qpdf"],
  ["pdftotext", "poppler-utils"],
  ["/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf", "fonts-dejavu-core"],
  // Electron's own libraries; Chromium brings the rest.
  ["libgtk-3.so.0", "libgtk-3-0"],
  ["libnss3.so", "libnss3"],
  ["libasound.so.2", "libasound2"],
  ["libgbm.so.1", "libgbm1"],
];

const LIBRARIES = ["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/lib", "/lib/x86_64-linux-gnu"];

/** @param {string} what */
function present(what) {
  if (what.startsWith("/")) return existsSync(what);
  const folders = what.includes(".so") ? LIBRARIES : (process.env["PATH"] ?? "").split(path.delimiter);
  return folders.some((folder) => existsSync(path.join(folder, what)));
}

export const missingPackages = () => NEEDED.filter(([what]) => !present(what)).map(([, name]) => name);

/**
 * Sees to the system's packages.
 * @returns {Promise<string | undefined>} what is missing, as a sentence, or undefined when everything is there
 */
export async function systemTrouble() {
  const missing = missingPackages();
  if (missing.length === 0) return undefined;
  const advice = `The end-to-end tests need ${missing.join(", ")}. On Debian: sudo apt-get install ${missing.join(" ")}`;
  if (process.platform !== "linux" || process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get")) return advice;
  const quiet = { env: { DEBIAN_FRONTEND: "noninteractive" }, minutes: 15 };
  console.log(`Installing ${missing.join(", ")} …`);
  await run("apt-get", ["update", "-qq"], quiet);
  await run("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...missing], quiet);
  const still = missingPackages();
  return still.length === 0 ? undefined : `${advice} (apt-get install did not bring ${still.join(", ")}).`;
}
