/**
 * The names of the messages between preload and main. Only a type: a sandboxed preload can load no second file, so the two bundles
 * share no code.
 */
export type Channel =
  | "countersign:opened"
  | "countersign:away"
  | "countersign:about"
  | "countersign:take-opened"
  | "countersign:save-begin"
  | "countersign:save-write"
  | "countersign:save-finish"
  | "countersign:save-drop"
  | "countersign:key-available"
  | "countersign:seal-key"
  | "countersign:unseal-key"
  | "countersign:authority"
  | "countersign:set-authority"
  | "countersign:versions";
