/**
 * What every platform that runs this code gives without an import (browsers, workers, Node 20). Declared here by hand because
 * `shared/src` is compiled with neither the DOM's nor Node's types.
 */
declare class TextEncoder {
  encode(text: string): Uint8Array<ArrayBuffer>;
}
declare class TextDecoder {
  constructor(label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean });
  decode(bytes: Uint8Array): string;
}
declare class URL {
  constructor(url: string, base?: string);
  readonly href: string;
  readonly origin: string;
  readonly protocol: string;
  readonly hash: string;
}
declare class Blob {
  constructor(parts: readonly (Uint8Array | Blob)[], options?: { type?: string });
  readonly size: number;
  readonly type: string;
  slice(from: number, to: number): Blob;
  arrayBuffer(): Promise<ArrayBuffer>;
}
interface ReadableStreamReader {
  read(): Promise<{ readonly done: false; readonly value: Uint8Array } | { readonly done: true }>;
  cancel(reason?: unknown): Promise<void>;
}
declare class ReadableStream<T = Uint8Array> {
  constructor(source: { pull(controller: { enqueue(piece: T): void; close(): void; error(reason: unknown): void }): Promise<void> });
  getReader(): ReadableStreamReader;
}
declare class TransformStream {
  readonly readable: ReadableStream;
  readonly writable: {
    getWriter(): { write(piece: Uint8Array): Promise<void>; close(): Promise<void>; abort(reason?: unknown): Promise<void> };
  };
}
declare class AbortSignal {
  static timeout(ms: number): AbortSignal;
  readonly aborted: boolean;
}
