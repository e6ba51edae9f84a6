import type { Admission } from "./admission.ts";
import type { Founding } from "./founding.ts";
import type { LinkHost } from "./link.ts";
import type { Mail } from "./mail.ts";
import type { Moves } from "./moves.ts";
import type { OpenLogs } from "./open-logs.ts";
import type { Tokens } from "./tokens.ts";

/** What connections need of the relay around them. */
export interface SessionHost extends LinkHost {
  readonly admission: Admission;
  readonly founding: Founding;
  readonly logs: OpenLogs;
  readonly mail: Mail;
  readonly moves: Moves;
  readonly tokens: Tokens;
}
