import { readdirSync, readFileSync } from "node:fs";

/** CPU ticks a second that Linux counts in (`getconf CLK_TCK` is 100 wherever Node runs). */
const TICKS_PER_SECOND = 100;

/** CPU seconds of a process and of all below it, those that have ended included; null where there is no /proc (proc_pid_stat(5)). */
export function readProcessTreeCpu(pid: number): number | null {
  const processes = listProcesses();
  if (processes === null) return null;
  let ticks = 0;
  const todo = [pid];
  for (let at = todo.pop(); at !== undefined; at = todo.pop()) {
    const found = processes.get(at);
    ticks += found?.ticks ?? 0;
    for (const [child, { parent }] of processes) if (parent === at) todo.push(child);
  }
  return ticks / TICKS_PER_SECOND;
}

function listProcesses(): Map<number, { parent: number; ticks: number }> | null {
  let names: string[];
  try {
    names = readdirSync("/proc");
  } catch {
    return null;
  }
  const found = new Map<number, { parent: number; ticks: number }>();
  for (const name of names.filter((each) => /^\d+$/.test(each))) {
    try {
      // The command stands in parentheses and may hold anything.
      const fields = readFileSync(`/proc/${name}/stat`, "utf8")
        .replace(/^.*\) /s, "")
        .split(" ")
        .map(Number);
      const [parent = 0, own = 0, system = 0, childrenOwn = 0, childrenSystem = 0] = [1, 11, 12, 13, 14].map(
        (at) => fields[at],
      );
      found.set(Number(name), { parent, ticks: own + system + childrenOwn + childrenSystem });
    } catch {
      // It ended meanwhile.
    }
  }
  return found;
}
