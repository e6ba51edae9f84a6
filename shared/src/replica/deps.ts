import type { ReadOpened } from "../snapshot/input.ts";
import type { PageMaker } from "../snapshot/pdf/render.ts";
import type { Scratch } from "../snapshot/scratch.ts";
import type { BundleRule } from "../sync/bundling.ts";
import type { Ports } from "../sync/ports.ts";
import type { RowStore } from "../vault/row-store.ts";
import type { ArgonCost } from "../vault/slots.ts";

/** What the engine needs of a platform, and what making snapshots needs beside it. */
export interface ReplicaPorts extends Ports {
  /** Lays out PDF pages; left out where this program makes none. */
  readonly pdf?: PageMaker;
  /** A place out of memory for one piece of work; left out where there is none. */
  readonly scratch?: () => Scratch;
  /** Reads files that were opened with the desktop app; left out everywhere else. */
  readonly opened?: ReadOpened;
}

/** What a platform gives to a replica. */
export interface ReplicaDeps {
  readonly rows: RowStore;
  readonly ports: ReplicaPorts;
  /** Origin of the web app that invitation links lead to, e.g. `https://relay.example`. */
  readonly webOrigin: (relay: string) => string;
  /** Whether a passphrase is known from breaches, without asking anybody. */
  readonly isBreached?: (passphrase: string) => Promise<boolean>;
  readonly storage?: () => Promise<{ readonly persistent: boolean | undefined; readonly used?: number; readonly quota?: number }>;
  /** The template of the viewer that goes into snapshots; undefined where the app has none at hand. */
  readonly viewer?: () => Promise<Uint8Array | undefined>;
  readonly eraseStore?: () => Promise<void>;
  /** Tests only: a passphrase that is cheaper to try. */
  readonly argonCost?: ArgonCost;
  /** Tests only: entries are bundled earlier than by rule L8g. */
  readonly bundling?: BundleRule;
}
