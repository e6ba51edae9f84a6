import sodium from "libsodium-wrappers-sumo";

/**
 * Loads libsodium's WebAssembly. Every other function of this folder is synchronous and may be called only after this has resolved;
 * calling it again costs nothing.
 */
export const initCrypto = (): Promise<void> => sodium.ready;
