/** Files that one record may carry. */
export const MAX_FILES = 10;
/** Plaintext bytes of one file; sealed it stays under the relay's default limit. */
export const MAX_FILE_BYTES = 25_000_000;
