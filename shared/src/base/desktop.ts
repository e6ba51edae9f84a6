/** What the desktop app's preload offers its page as `window.countersignDesktop`; a page in a browser has none of it. */
export interface DesktopApi {
  /** Called when snapshots were given to the app (as an argument, by a second start, by the system); ask takeOpened for them. */
  openedSnapshots(listener: () => void): () => void;
  /** The snapshots given since the last call. */
  takeOpened(): Promise<readonly OpenedFile[]>;
  /** Asks the person where to save and saves. False when they cancelled. Throws when it could not be written. */
  saveFile(name: string, bytes: Uint8Array): Promise<boolean>;
  /** The same for what is too large to be handed over as one: piece after piece, and nothing is left behind without `finish`. */
  readonly saving: {
    /** Asks the person where to save. Undefined when they cancelled. */
    begin(name: string): Promise<string | undefined>;
    write(save: string, piece: Uint8Array): Promise<unknown>;
    finish(save: string): Promise<unknown>;
    drop(save: string): Promise<unknown>;
  };
  /** Asks the person for files. Empty when they cancelled. */
  openFile(kind: FileKind): Promise<readonly OpenedFile[]>;
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

export interface OpenedFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export type FileKind = "snapshot" | "attachment";

export interface DesktopVersions {
  readonly app: string;
  readonly electron: string;
  readonly chrome: string;
}
