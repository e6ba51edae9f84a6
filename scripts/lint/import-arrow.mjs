// The lint rule that holds the folders' import arrows (docs/contributing.md). One table says who may import whom.
import { builtinModules } from "node:module";
import path from "node:path";

const WORKSPACES = { "@countersign/shared": "shared", "@countersign/web": "web", "@countersign/desktop": "desktop" };
const BUILTINS = new Set(builtinModules);

/**
 * Which of our folders the files of a folder may import; the longest matching folder counts. What is not listed may import anything.
 * @type {Readonly<Record<string, readonly string[]>>}
 */
export const ARROWS = {
  "shared/src": ["shared/src"],
  shared: ["shared"],
  web: ["web", "shared/src"],
  // The desktop shows the web build; it knows nothing of the web's source.
  desktop: ["desktop", "shared", "web/dist"],
  "sync-server": ["sync-server", "shared"],
};

/**
 * The folders of shared/src from the ground up: a folder imports itself and those before it, types included. Tests may look up.
 */
export const LAYERS = [
  "base",
  "cbor",
  "crypto",
  "log",
  "vault",
  "charter",
  "kinds",
  "books",
  "entry",
  "wire",
  "pair",
  "fault-proof",
  "sync",
  "views",
  "snapshot",
  "compare",
  "sample",
  "replica",
];

/** Tests may use the Node side of shared (vectors in files, the wasm's loader). */
const TEST_EXTRA = ["shared"];

/** Packages that only one folder may import. @type {Readonly<Record<string, string>>} */
export const ONLY_IN = { "libsodium-wrappers-sumo": "shared/src/crypto" };

/** Packages that do I/O, forbidden in shared/src beside Node's own modules. */
export const IMPURE = ["ws", "libsql"];

/** @param {string} file @param {string} folder */
const within = (file, folder) => file === folder || file.startsWith(`${folder}/`);

/**
 * The folder-relative path of what is imported, or undefined for a package that is not ours.
 * @param {string} file @param {string} specifier
 */
function ours(file, specifier) {
  if (specifier.startsWith(".")) return path.posix.normalize(path.posix.join(path.posix.dirname(file), specifier));
  const [scope = "", name = "", ...rest] = specifier.split("/");
  if (scope !== "@countersign") return undefined;
  const folder = WORKSPACES[/** @type {keyof typeof WORKSPACES} */ (`${scope}/${name}`)] ?? name;
  // shared's package exports: "./node/*" is the Node side, everything else is below src.
  const inner = folder === "shared" ? (rest[0] === "node" ? rest : ["src", ...rest]) : rest;
  return [folder, ...inner].join("/");
}

/**
 * Why an import inside shared/src is refused: it looks up, or its folder has no place yet.
 * @param {string} file @param {string} target
 */
function upward(file, target) {
  const [here, there] = [file, target].map((path) => /^shared\/src\/([^/]+)\//.exec(path)?.[1]);
  if (here === undefined || there === undefined || here === there) return undefined;
  const [low, high] = [LAYERS.indexOf(there), LAYERS.indexOf(here)];
  if (low >= 0 && low < high) return undefined;
  return `shared/src/${here} may not import shared/src/${there}: imports go one way, and LAYERS has the order`;
}

/** @param {string} specifier */
const packageName = (specifier) =>
  specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");

/**
 * Why the import is refused, or undefined when it is fine.
 * @param {string} file path from the repository's root, with forward slashes
 * @param {string} specifier what is imported, as written
 * @returns {string | undefined}
 */
export function refusal(file, specifier) {
  const test = /\.test\.[a-z]+$/.test(file) || /(^|\/)test\//.test(file);
  const from = Object.keys(ARROWS)
    .filter((folder) => within(file, folder))
    .sort((a, b) => b.length - a.length)[0];
  const target = ours(file, specifier);
  if (target !== undefined) {
    if (from === undefined) return undefined;
    const allowed = [...(ARROWS[from] ?? []), ...(test ? TEST_EXTRA : [])];
    if (allowed.some((folder) => within(target, folder))) return test ? undefined : upward(file, target);
    return `${from} may import ${allowed.join(", ")}, and nothing else of ours: not '${target}'`;
  }
  const name = packageName(specifier);
  const home = ONLY_IN[name];
  if (home !== undefined && !within(file, home) && from !== undefined) return `only ${home} may import ${name}`;
  if (from === "shared/src" && !test) {
    if (specifier.startsWith("node:") || BUILTINS.has(name)) return `shared/src runs without Node: '${specifier}' belongs in shared/node`;
    if (IMPURE.includes(name)) return `shared/src does no I/O: '${name}' belongs in shared/node`;
  }
  if (within(file, "web/src") && !test && (specifier.startsWith("node:") || BUILTINS.has(name))) return `a page has no '${specifier}'`;
  return undefined;
}

/** @type {import("eslint").Rule.RuleModule} */
export const importArrow = {
  meta: { type: "problem", schema: [], docs: { description: "hold the import arrows between the folders" } },
  create(context) {
    const file = path.relative(context.cwd, context.filename).split(path.sep).join("/");
    /** @param {any} node @param {any} source */
    const check = (node, source) => {
      if (typeof source?.value !== "string") return;
      const message = refusal(file, source.value);
      if (message !== undefined) context.report({ node, message });
    };
    return {
      ImportDeclaration: (node) => check(node, node.source),
      ExportAllDeclaration: (node) => check(node, node.source),
      ExportNamedDeclaration: (node) => check(node, node.source),
      ImportExpression: (node) => check(node, node.source),
      // import("…") as a type: @typescript-eslint's node, unknown to eslint's own types.
      TSImportType: (/** @type {any} */ node) => check(node, node.source ?? node.argument?.literal),
    };
  },
};
