import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

export interface Watchdog {
  /** From now on the process group `pid` is ended with `signal` if this process dies. */
  add(pid: number, signal: string): void;
  remove(pid: number): void;
  /** Lets the watchdog end what is still listed, and go. */
  close(): void;
}

/**
 * A tiny shell process of its own session that holds the reading end of a pipe. The pipe closes when this process ends, however
 * it ends, and the watchdog then ends what is listed: no child outlives its parent, not even after kill -9.
 */
export function startWatchdog(): Watchdog {
  const script = fileURLToPath(new URL("watchdog.sh", import.meta.url));
  const child = spawn("/bin/sh", [script], { detached: true, stdio: ["pipe", "ignore", "ignore"] });
  child.unref();
  // A watchdog that is gone must not take the stack with it: EPIPE has no one to go to.
  child.stdin.on("error", () => {});
  child.on("error", () => {});
  const write = (line: string): void => {
    if (child.stdin.writable) child.stdin.write(`${line}\n`);
  };
  return {
    add: (pid, signal) => write(`add ${pid} ${signal.replace(/^SIG/, "")}`),
    remove: (pid) => write(`remove ${pid}`),
    close: () => child.stdin.end(),
  };
}
