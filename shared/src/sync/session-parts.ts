import type { AnchorDesk } from "./anchor-desk.ts";
import { ActWriter } from "./act-writer.ts";
import { Anchoring } from "./anchoring.ts";
import { Bundler } from "./bundler.ts";
import { BUNDLE_RULE, type BundleRule } from "./bundling.ts";
import { BookDesk } from "./desk.ts";
import { FaultDesk } from "./fault-desk.ts";
import { LeftDesk } from "./left-desk.ts";
import { LinePageWriter } from "./line-page-writer.ts";
import { LogLink, type LinkOwner } from "./link.ts";
import { LocalLog, type LocalLogDeps } from "./local-log.ts";
import type { Opener } from "./log-state.ts";
import { ForkNaming } from "./name-fork.ts";
import type { Outbox } from "./outbox.ts";
import { PageWriter } from "./page-writer.ts";
import { Pusher } from "./pusher.ts";
import { Receiver } from "./receiver.ts";
import type { RecordIndex } from "./record-index.ts";
import type { KeptLog } from "./session-load.ts";
import { SigningIn, type Guise } from "./signing-in.ts";
import { StatementDesk } from "./statement-desk.ts";

export interface SessionDeps extends LocalLogDeps {
  /** Further keys that may open wraps: the recovery sheet's. */
  readonly openers: readonly Opener[];
  readonly guise?: Guise;
  /** When old entries are bundled; by rule L8g unless told otherwise. */
  readonly bundling?: BundleRule;
}

/** What a log's session is made of: each part owns one thing, and runs only where the session lets it. */
export interface SessionParts {
  readonly local: LocalLog;
  readonly outbox: Outbox;
  readonly index: RecordIndex;
  readonly outside: AnchorDesk;
  readonly desk: BookDesk;
  readonly link: LogLink;
  readonly faults: FaultDesk;
  readonly statements: StatementDesk;
  readonly signingIn: SigningIn;
  readonly bundler: Bundler;
  readonly anchoring: Anchoring;
  readonly writer: ActWriter;
  readonly pusher: Pusher;
  readonly receiver: Receiver;
  readonly pages: PageWriter;
  readonly linePages: LinePageWriter;
  readonly left: LeftDesk;
  readonly forks: ForkNaming;
}

/** Puts them together round what this device keeps of the log. */
export function sessionParts(
  deps: SessionDeps,
  { state, outbox, index, faults: book, outside, ledger, old, left: kept }: KeptLog,
  owner: LinkOwner & { readonly isRemoved: boolean },
): SessionParts {
  const { rows, ports } = deps;
  const local = new LocalLog(deps, state);
  const faults = new FaultDesk(local, book);
  const desk = new BookDesk(local.log, rows, local.device, ports.random, old);
  const link = new LogLink(ports, owner);
  const statements = new StatementDesk(local.log, ports.random);
  const signingIn = new SigningIn(local, deps.guise);
  const anchoring = new Anchoring(local, outside, outbox, faults);
  const bundler = new Bundler(local, ledger, outbox, {
    isFree: () => link.state.state === "live" && outbox.isEmpty && statements.isIdle && !local.isClosed,
    onQueued: () => {
      link.wake();
    },
    rule: deps.bundling ?? BUNDLE_RULE,
  });
  const shared = { desk, index, outbox, statements, faults, bundler, anchoring, signingIn };
  const left = new LeftDesk(local, kept, { desk, outbox, index });
  const pages = new PageWriter(local, index);
  const linePages = new LinePageWriter(local);
  const writer = new ActWriter(local, { ...shared, isRemoved: () => owner.isRemoved || local.isRefused() });
  const pusher = new Pusher(local, { ...shared, left });
  const receiver = new Receiver(local, {
    ...shared,
    left: kept,
    openers: [local.opener, ...deps.openers],
    onTaken: () => {
      pusher.resume();
      void pages.write();
      void linePages.writeWhole();
    },
  });
  return { ...shared, local, outside, link, writer, pusher, receiver, pages, linePages, left, forks: new ForkNaming(local) };
}
