import process from "node:process";
import { workerData } from "node:worker_threads";
import { ENDS_BY, residentLimitMb, SHARED, type WatchSettings } from "./limits.ts";

/**
 * The watch of a process: a thread that no loop and no flood of memory in the task's thread can stop. It ends the process when it is past
 * a limit, or when its parent is gone and it, in a loop, does not hear of that.
 */
const TICK_MS = 50;
const { limits, shared, parent } = workerData as WatchSettings;
const seen = new Int32Array(shared);
const cpuMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

let begun = -1;
let since = 0;
setInterval(() => {
  if (process.ppid !== parent) process.kill(process.pid, "SIGKILL");
  if (process.memoryUsage.rss() > residentLimitMb(limits.memoryMb) * 1024 * 1024)
    process.kill(process.pid, ENDS_BY.memory);
  const now = cpuMs();
  const latest = Atomics.load(seen, SHARED.begun);
  if (latest !== begun || Atomics.load(seen, SHARED.busy) === 0) [begun, since] = [latest, now];
  else if (now - since > limits.cpuMs) process.kill(process.pid, ENDS_BY.timeout);
}, TICK_MS);
