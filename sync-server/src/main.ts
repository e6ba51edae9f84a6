import { initCrypto } from "@countersign/shared/crypto/init";
import { readConfig } from "./config.ts";
import { start } from "./start.ts";

/** The longest that a stop may take. Everything acknowledged is durable before; this only cuts goodbyes short. */
const STOP_WITHIN = 4_500;

// A witness's key among the settings is checked as one.
await initCrypto();
const config = readConfig(process.argv.slice(2), process.env);
if (config.ok) {
  const running = await start(config.value);
  if (running.ok) {
    console.log(`Countersign relay listening on ${running.value.origin}`);
    onSignals(() => running.value.stop());
  } else {
    console.error(running.error);
    process.exitCode = 1;
  }
} else {
  const { exit, say } = config.error;
  (exit === 0 ? console.log : console.error)(say);
  process.exitCode = exit;
}

function onSignals(stop: () => Promise<void>): void {
  let isStopping = false;
  const end = (): void => {
    if (isStopping) return;
    isStopping = true;
    setTimeout(() => process.exit(0), STOP_WITHIN).unref();
    stop().then(
      () => process.exit(0),
      (problem: unknown) => {
        console.error("The relay did not stop cleanly:", problem instanceof Error ? problem.name : "unknown reason");
        process.exit(1);
      },
    );
  };
  process.on("SIGTERM", end);
  process.on("SIGINT", end);
}
