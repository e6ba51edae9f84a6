import { charterAttacks } from "./charter.ts";
import { childAttacks } from "./child.ts";
import { contentAttacks } from "./contents.ts";
import { fileAttacks } from "./files.ts";
import type { Attack } from "./forge.ts";
import { insideAttacks } from "./inside.ts";
import { logAttacks } from "./log.ts";
import { movedAttacks } from "./moved.ts";
import { pageAttacks } from "./pages.ts";
import { redactionAttacks } from "./redaction.ts";
import { scopeAttacks } from "./scope.ts";
import { spliceAttacks } from "./splice.ts";
import { statementAttacks } from "./statement.ts";
import type { World } from "./world.ts";

/** Every way that we know to falsify a snapshot. `otherOf` gives another household of the same exporter. */
export const attacksOf = (otherOf: (world: World) => World): readonly Attack[] => [
  ...logAttacks,
  ...charterAttacks,
  ...contentAttacks,
  ...scopeAttacks,
  ...childAttacks,
  ...redactionAttacks,
  ...statementAttacks,
  ...pageAttacks,
  ...fileAttacks,
  ...spliceAttacks(otherOf),
  ...insideAttacks,
  ...movedAttacks,
];
