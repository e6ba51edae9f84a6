/** What the desktop app's preload offers its page as `window.countersignDesktop`; a page in a browser has none of it. */
export interface DesktopApi {
  /** Called when snapshots were given to the app (as an argument, by a second start, by the system); ask takeOpened for them. */
  openedSnapshots(listener: () => void): () => void;
  /** The snapshots given since the last call. */
  takeOpened(): Promise<readonly OpenedFile[]>;
  /** Called when the computer goes to sleep, or when its screen is locked. */
  away(listener: () => void): () => void;
  /** Called when the menu bar asks what version this is. */
  about(listener: () => void): () => void;
  /** Saves a file where the person says, piece after piece of at most 8 MiB each. Nothing is left behind without `finish`. */
  readonly saving: {
    /** Asks the person where to save: the save's name, or why nothing can be written there. Undefined when they cancelled. */
    begin(name: string): Promise<{ readonly save: string } | SaveProblem | undefined>;
    /** Undefined when it was written; else the save has ended, and nothing of it is left. */
    write(save: string, piece: Uint8Array): Promise<SaveProblem | undefined>;
    /** Undefined once the whole file stands in its place. */
    finish(save: string): Promise<SaveProblem | undefined>;
    drop(save: string): Promise<unknown>;
  };
  /** The system's key store as one way to unlock among several. Undefined answers: there is none, or it refused. */
  readonly keyStore: {
    available(): Promise<boolean>;
    /** `key` has 32 bytes. */
    seal(key: Uint8Array): Promise<Uint8Array | undefined>;
    unseal(sealed: Uint8Array): Promise<Uint8Array | undefined>;
  };
  /** The time-stamp authority that is set on this computer. The engine asks it under `AUTHORITY_PATH`. */
  readonly authority: {
    get(): Promise<string | undefined>;
    /** Undefined sets none. False when it is no address of one, or could not be kept. */
    set(address: string | undefined): Promise<boolean>;
  };
  versions(): Promise<DesktopVersions>;
}

/** Where the app's own scheme answers for the time-stamp authority: GET gives its address, or 404; POST passes a request on. */
export const AUTHORITY_PATH = "/-/time-stamp-authority";

/** `disk-full`: no room there. `save-refused`: this folder or file may not be written. `save-failed`: a disk or stick that went away, or any other reason. */
export type SaveProblem = "disk-full" | "save-refused" | "save-failed";

/** Where the app's own scheme answers for opened files: GET `OPENED_PATH/ID?from=A&to=B` gives the bytes from A up to and without B. */
export const OPENED_PATH = "/-/opened";
/** The most that one such answer, or one piece of a save, holds. */
export const MAX_PIECE_BYTES = 8 * 1024 * 1024;

/** A file that was given to the desktop app. It stays where it is, and is read piece by piece where it is needed. */
export interface OpenedFile {
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** Names it under `OPENED_PATH`; undefined for one that can't be read. */
  readonly id: string | undefined;
}

export interface DesktopVersions {
  readonly app: string;
  readonly electron: string;
  readonly chrome: string;
}
