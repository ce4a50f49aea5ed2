/** What has to be there before anything of Inlet runs: the packages, and a Node that runs TypeScript. Runs on Node 20. */
import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../", import.meta.url));

/** Runs `npm ci` unless node_modules already holds what package-lock.json asks for. Ends the process when npm fails. */
export function ensureInstalled() {
  const missing = firstMissing();
  if (missing === null) return;
  if (!isWritable(ROOT)) {
    console.error(
      `Packages have to be installed (${missing}), and this folder cannot be written: copy it to one that can (cp -r ${quoted(ROOT)} ~/inlet) and start it there.`,
    );
    process.exit(1);
  }
  console.log(`Installing packages (npm ci): ${missing}`);
  const result = spawnSync("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: ROOT,
    stdio: ["ignore", "inherit", "inherit"],
  });
  if (result.status !== 0) {
    console.error("npm ci failed (see above): check the network and the npm registry, then start again.");
    process.exit(1);
  }
}

/** False for a folder of somebody else's, and on a disk that is mounted read-only, also for root. */
export function isWritable(folder) {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function quoted(text) {
  return /^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** Compares content, not times: a checkout or a copy changes times without changing anything else. */
function firstMissing() {
  const installed = readPackages("node_modules/.package-lock.json");
  if (installed === null) return "node_modules is not there";
  for (const [where, wanted] of Object.entries(readPackages("package-lock.json") ?? {})) {
    if (!where.startsWith("node_modules/") && !where.includes("/node_modules/")) continue;
    const found = installed[where];
    if (found === undefined && !wanted.optional && !wanted.peer) return `${where} is not installed`;
    if (found !== undefined && (found.version !== wanted.version || found.integrity !== wanted.integrity)) {
      return `${where} is installed in another version than package-lock.json names`;
    }
  }
  return null;
}

function readPackages(file) {
  const full = path.join(ROOT, file);
  return existsSync(full) ? JSON.parse(readFileSync(full, "utf8")).packages : null;
}

/** The path of a Node ≥ 24: this one, or the one that npm installed. Ends the process when there is none. */
export function node24() {
  if (Number(process.versions.node.split(".")[0]) >= 24) return process.execPath;
  const installed = path.join(ROOT, "node_modules", ".bin", "node");
  if (existsSync(installed)) return installed;
  console.error(
    `Inlet runs on Node 24. This is Node ${process.versions.node}, and npm has no Node 24 for ${process.platform}-${process.arch}: install it from https://nodejs.org.`,
  );
  return process.exit(1);
}
