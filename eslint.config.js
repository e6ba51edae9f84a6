import hooks from "eslint-plugin-react-hooks";
import { defineConfig } from "eslint/config";
import tseslint from "typescript-eslint";
import { importArrow } from "./scripts/lint/import-arrow.mjs";

const SOURCES = ["{shared,web,desktop,sync-server,e2e}/**/*.{ts,tsx}"];
const PLAIN = ["**/*.{js,mjs,cjs}", "*.ts", "*/*.config.ts"];

/** Names that exist on some platforms only; shared/src gets what it needs passed in. */
const PLATFORM_GLOBALS = [
  ...["window", "document", "navigator", "self", "location", "localStorage", "sessionStorage", "indexedDB", "Worker", "WebSocket", "fetch"],
  ...["process", "Buffer", "require", "__dirname", "setImmediate"],
];

export default defineConfig(
  {
    ignores: [
      "**/dist/**",
      "**/dist-test/**",
      "**/*.d.ts",
      "**/build/**",
      "**/release/**",
      "**/coverage/**",
      "**/test-results/**",
      ".cache/**",
      "**/node_modules/**",
    ],
  },
  { linterOptions: { reportUnusedDisableDirectives: "error" } },
  ...tseslint.configs.strictTypeChecked.map((config) => ({ ...config, files: SOURCES })),
  {
    files: SOURCES,
    languageOptions: {
      parserOptions: {
        // Explicit projects: shared's tests belong to tsconfig.node.json, its pure sources to tsconfig.json too.
        project: [
          "shared/tsconfig.node.json",
          "sync-server/tsconfig.json",
          "desktop/tsconfig.json",
          "web/tsconfig.json",
          "e2e/tsconfig.json",
        ],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      // Numbers in a template are plain; everything else is formatted on purpose.
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true, allowBoolean: true }],
      // `() => send()` as a callback that returns nothing reads well and hides nothing.
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      // A branded id is named by the caller: toId<LogId>(bytes).
      "@typescript-eslint/no-unnecessary-type-parameters": "off",
      // `({ id, ...row }) => row` leaves a field out.
      "@typescript-eslint/no-unused-vars": ["error", { ignoreRestSiblings: true }],
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
      "@typescript-eslint/consistent-type-imports": ["error", { fixStyle: "inline-type-imports" }],
    },
  },
  {
    files: PLAIN,
    extends: [tseslint.configs.base],
    languageOptions: { parserOptions: { project: null } },
  },
  { files: PLAIN, ...tseslint.configs.disableTypeChecked },
  { files: ["web/**/*.{ts,tsx}"], ...hooks.configs.flat.recommended },
  {
    files: [...SOURCES, ...PLAIN],
    plugins: { countersign: { rules: { "import-arrow": importArrow } } },
    rules: { "countersign/import-arrow": "error", "no-console": "off", eqeqeq: "error" },
  },
  {
    files: ["shared/src/**/*.ts"],
    ignores: ["**/*.test.ts"],
    rules: {
      "no-console": "error",
      "no-restricted-globals": ["error", ...PLATFORM_GLOBALS.map((name) => ({ name, message: "shared/src has no platform: pass it in" }))],
    },
  },
);
