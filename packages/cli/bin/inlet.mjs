#!/usr/bin/env node
/** The `inlet` command. Inlet runs on Node 24; started by an older one, it starts itself again with the Node that npm installed. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

if (Number(process.versions.node.split(".")[0]) >= 24) {
  // What was compiled once is not compiled again: half of a command's processor time.
  const { enableCompileCache } = await import("node:module");
  enableCompileCache();
  const { main } = await import("../src/main.ts");
  process.exitCode = await main(process.argv.slice(2));
} else {
  const node = fileURLToPath(new URL("../../../node_modules/.bin/node", import.meta.url));
  if (existsSync(node)) {
    const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
      stdio: ["inherit", "inherit", "inherit", "ipc"],
    });
    process.on("SIGINT", () => {});
    process.on("SIGTERM", () => child.kill("SIGTERM"));
    child.on("exit", (code, signal) => process.exit(signal === null ? (code ?? 1) : 1));
  } else {
    console.error(
      `Inlet runs on Node 24, and this is Node ${process.versions.node}. Run npm ci first (it brings Node 24 along), or install it from https://nodejs.org.`,
    );
    process.exitCode = 1;
  }
}
