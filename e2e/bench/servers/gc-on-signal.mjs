// Preloaded into every measured server: SIGUSR2 collects garbage, so that memory is compared after the same sweep.
process.on("SIGUSR2", () => globalThis.gc?.());
