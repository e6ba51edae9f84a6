/** What Linux tells of a process. All threads count. */
import { readFileSync, writeFileSync } from "node:fs";

/** The kernel counts processor time in ticks of 10 ms on every platform that Node runs on. */
const TICK_SECONDS = 0.01;

/** User and system seconds that a process used so far, from /proc/PID/stat. */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  // The name in parentheses may hold spaces; what follows it does not.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * TICK_SECONDS;
}

function statusBytes(pid: number, name: "VmRSS" | "VmHWM"): number {
  const found = new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(readFileSync(`/proc/${pid}/status`, "utf8"));
  return Number(found?.[1]) * 1024;
}

/** Memory that is resident now, bytes. Kernel socket buffers are not in it. */
export const residentBytes = (pid: number): number => statusBytes(pid, "VmRSS");
/** The most that was resident at once, or since it was forgotten, bytes. */
export const peakBytes = (pid: number): number => statusBytes(pid, "VmHWM");

/** Linux forgets the peak so far when 5 is written here. */
export const forgetPeak = (pid: number): void => writeFileSync(`/proc/${pid}/clear_refs`, "5");
