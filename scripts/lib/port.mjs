import { createServer, connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * Why the port can't be listened on, or undefined when it can.
 * @param {string} host
 * @param {number} port
 * @returns {Promise<string | undefined>} the system's error code, such as EADDRINUSE
 */
export function portTrouble(host, port) {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", (/** @type {NodeJS.ErrnoException} */ error) => resolve(error.code ?? "unknown"));
    probe.listen(port, host, () => probe.close(() => resolve(undefined)));
  });
}

/**
 * Waits until something answers on the port.
 * @param {string} host @param {number} port
 * @param {() => boolean} stillWanted asked between tries
 * @returns {Promise<boolean>} false when it is no longer wanted
 */
export async function portAnswers(host, port, stillWanted) {
  while (stillWanted()) {
    const answered = await new Promise((resolve) => {
      const socket = connect(port, host, () => {
        socket.destroy();
        resolve(true);
      });
      socket.once("error", () => resolve(false));
    });
    if (answered === true) return true;
    await sleep(100);
  }
  return false;
}
