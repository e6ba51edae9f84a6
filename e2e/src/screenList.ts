import { DEVICES } from "./shots/devices.ts";
import { EXPENSES } from "./shots/expenses.ts";
import { HISTORY } from "./shots/history.ts";
import { INCOMING } from "./shots/incoming.ts";
import { MESSAGES } from "./shots/messages.ts";
import { NAMES } from "./shots/names.ts";
import { PEOPLE } from "./shots/people.ts";
import { RELAY } from "./shots/relay.ts";
import { SETTINGS } from "./shots/settings.ts";
import type { Shot } from "./shots/shot.ts";
import { SNAPSHOTS } from "./shots/snapshots.ts";
import { STARTING } from "./shots/starting.ts";
import { TODAY } from "./shots/today.ts";

/** Every screen, and the states that it has. A new one goes into the file of its subject. */
export const SHOTS: readonly Shot[] = [
  ...STARTING,
  ...TODAY,
  ...PEOPLE,
  ...MESSAGES,
  ...EXPENSES,
  ...INCOMING,
  ...HISTORY,
  ...SNAPSHOTS,
  ...DEVICES,
  ...SETTINGS,
  ...RELAY,
  ...NAMES,
];
