/** `npm start -- ARGS`: on a fresh clone, installs what is missing and becomes `inlet up ARGS`. Runs on Node 20. */
import { spawn, spawnSync } from "node:child_process";
import path from "node:path";
import { missingPrerequisites } from "../packages/local-stack/prerequisites.mjs";
import { ensureInstalled, node24, ROOT } from "./install.mjs";

const missing = missingPrerequisites(process.env);
if (missing.length > 0) {
  for (const line of missing) console.error(line);
  process.exit(1);
}
ensureInstalled();

const inlet = path.join(ROOT, "packages", "cli", "bin", "inlet.mjs");
// The channel lets `inlet up` notice when this process is killed, and end what it started.
const child = spawn(node24(), [inlet, "up", ...process.argv.slice(2)], {
  cwd: ROOT,
  stdio: ["inherit", "inherit", "inherit", "ipc"],
});
// A terminal sends Ctrl-C to both; `inlet up` decides, this process only waits.
process.on("SIGINT", () => {});
process.on("SIGTERM", () => child.kill("SIGTERM"));
process.on("SIGHUP", () => child.kill("SIGTERM"));
child.on("exit", (code, signal) => process.exit(signal === null ? (code ?? 1) : 1));

// npm passes SIGTERM on to the shell that it runs scripts in, which dies without passing it further: so watch both.
if (process.env.npm_lifecycle_event !== undefined) {
  const shell = process.ppid;
  const npm = Number(spawnSync("ps", ["-o", "ppid=", "-p", String(shell)], { encoding: "utf8" }).stdout) || shell;
  const watch = setInterval(() => {
    if (isAlive(shell) && isAlive(npm)) return;
    clearInterval(watch);
    child.kill("SIGTERM");
  }, 500);
}

function isAlive(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code === "EPERM";
  }
}
