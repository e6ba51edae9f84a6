import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from "@mantine/core";
import { t } from "../words/words.ts";

/** Deep blue-green: the one accent. */
const deep: MantineColorsTuple = [
  "#eaf4f5",
  "#d5e7e9",
  "#aacfd3",
  "#7db6bc",
  "#58a1a9",
  "#3b8a93",
  "#22727c",
  "#17616b",
  "#104f58",
  "#0a3c43",
];

/** Amber: only for what waits for the person. */
const amber: MantineColorsTuple = [
  "#fdf4e3",
  "#f9e6c4",
  "#f2cd8d",
  "#e9b257",
  "#dd9a2d",
  "#c38017",
  "#a0670d",
  "#835309",
  "#684107",
  "#4d3004",
];

/** Neutral greys with a slight warmth. */
const gray: MantineColorsTuple = [
  "#fbfaf8",
  "#f4f2ee",
  "#e9e6e0",
  "#d9d5cd",
  "#c3beb4",
  "#a09a8f",
  "#6f6a61",
  "#514d46",
  "#37342f",
  "#201e1b",
];

const dark: MantineColorsTuple = [
  "#ece9e4",
  "#d3cfc8",
  "#b5b0a7",
  "#8f8a81",
  "#5a564f",
  "#45423c",
  "#35322e",
  "#282623",
  "#1b1a18",
  "#121110",
];

export const theme = createTheme({
  colors: { deep, amber, gray, dark },
  primaryColor: "deep",
  primaryShade: { light: 7, dark: 6 },
  autoContrast: true,
  fontFamily: '"Source Sans 3 Variable", system-ui, sans-serif',
  fontFamilyMonospace: "ui-monospace, SFMono-Regular, Menlo, Consolas, monospace",
  headings: {
    fontWeight: "650",
    sizes: {
      h1: { fontSize: "1.625rem", lineHeight: "1.25" },
      h2: { fontSize: "1.1875rem", lineHeight: "1.35" },
      h3: { fontSize: "1rem", lineHeight: "1.45" },
    },
  },
  fontSizes: { xs: "0.8125rem", sm: "0.9375rem", md: "1rem", lg: "1.125rem", xl: "1.25rem" },
  spacing: { xs: "8px", sm: "12px", md: "16px", lg: "24px", xl: "32px" },
  defaultRadius: "md",
  radius: { md: "8px" },
  cursorType: "pointer",
  respectReducedMotion: true,
  focusRing: "auto",
  components: {
    Button: { defaultProps: { size: "md" } },
    TextInput: { defaultProps: { size: "md" } },
    PasswordInput: { defaultProps: { size: "md" } },
    Textarea: { defaultProps: { size: "md" } },
    NativeSelect: { defaultProps: { size: "md" } },
    Checkbox: { defaultProps: { size: "md" } },
    Radio: { defaultProps: { size: "md" } },
    Switch: { defaultProps: { size: "md" } },
    ActionIcon: { defaultProps: { size: 44, variant: "subtle" } },
    Modal: {
      defaultProps: { transitionProps: { duration: 120 }, centered: true },
      styles: { title: { fontSize: "1.125rem", fontWeight: 650 } },
    },
    Notification: { defaultProps: { closeButtonProps: { "aria-label": t("do.close") } } },
    Anchor: { defaultProps: { underline: "always" } },
  },
});

/** Of the categories of a chart, each with a pattern of its own beside it; the last one is all others. */
const categoryColours = (...colours: readonly string[]): Record<string, string> =>
  Object.fromEntries(colours.map((colour, i) => [`--cs-c${String(i)}`, colour]));

/** What is the same in meaning and differs between light and dark. */
export const variables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    "--mantine-color-body": "#fbfaf8",
    "--mantine-color-text": "#201e1b",
    "--mantine-color-dimmed": "#625d55",
    "--mantine-color-placeholder": "#777168",
    "--mantine-color-error": "#b3261e",
    "--mantine-color-anchor": "#17616b",
    "--cs-surface": "#ffffff",
    "--cs-sunken": "#f4f2ee",
    "--cs-line": "#e2ded7",
    "--cs-accent": "#17616b",
    "--cs-accent-soft": "#e3f0f1",
    "--cs-wait": "#7a4d07",
    "--cs-wait-soft": "#fcf0da",
    "--cs-bad": "#b3261e",
    "--cs-bad-soft": "#fbe9e7",
    "--cs-good": "#17616b",
    "--cs-good-soft": "#e3f0f1",
    "--cs-p1": "#1f5fa6",
    "--cs-p2": "#9c4a10",
    ...categoryColours("#17616b", "#6d4aa3", "#8a6d00", "#0f7a4d", "#a3265f", "#4a5a78", "#8f887d"),
  },
  dark: {
    "--mantine-color-body": "#1b1a18",
    "--mantine-color-text": "#ece9e4",
    "--mantine-color-dimmed": "#b0aba2",
    "--mantine-color-placeholder": "#98938a",
    "--mantine-color-error": "#ff9d94",
    "--mantine-color-anchor": "#8accd3",
    "--cs-surface": "#242220",
    "--cs-sunken": "#151413",
    "--cs-line": "#3a3733",
    "--cs-accent": "#8accd3",
    "--cs-accent-soft": "#1c3538",
    "--cs-wait": "#f2cd8d",
    "--cs-wait-soft": "#3a2c13",
    "--cs-bad": "#ff9d94",
    "--cs-bad-soft": "#44211e",
    "--cs-good": "#8accd3",
    "--cs-good-soft": "#1c3538",
    "--cs-p1": "#8ab8ee",
    "--cs-p2": "#f0a66e",
    ...categoryColours("#8accd3", "#c3a6f0", "#d9c25a", "#7ad6a8", "#f29bc0", "#a9b8d6", "#7d776d"),
  },
});
