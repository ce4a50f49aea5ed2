import { execFile } from "node:child_process";
import { stat } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { LocalStackError } from "./errors.ts";

const run = promisify(execFile);

export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/** How a program is run as the account that owns Postgres' data. */
export interface RunAs {
  /** Null: as we are. */
  readonly account: Account | null;
  /** Put before the command; empty unless the account cannot reach the files by itself. */
  readonly prefix: readonly string[];
}

/**
 * Postgres refuses to run as root. As root it runs as the account `postgres`, or `nobody`, which every system has: no account is
 * created. Where that account may not enter a folder on the way to `paths` (a clone below /root, say), setpriv (util-linux) lets
 * this one process pass. Throws {@link LocalStackError} when there is no way.
 */
export async function postgresAccount(paths: readonly string[]): Promise<RunAs> {
  if (process.getuid?.() !== 0) return { account: null, prefix: [] };
  const account = (await accountNamed("postgres")) ?? (await accountNamed("nobody"));
  if (account === null)
    throw new LocalStackError(
      "Postgres does not run as root, and this system has neither an account postgres nor nobody. Start Inlet as another user.",
    );
  const closed = await firstClosedFolder(paths);
  if (closed === null) return { account, prefix: [] };
  const prefix = [
    "setpriv",
    `--reuid=${account.uid}`,
    `--regid=${account.gid}`,
    "--clear-groups",
    "--inh-caps=+dac_override",
    "--ambient-caps=+dac_override",
  ];
  try {
    await run(prefix[0] ?? "", [...prefix.slice(1), "true"]);
  } catch (error) {
    throw new LocalStackError(
      `Postgres does not run as root, and the account it runs as (uid ${account.uid}) may not enter ${closed}. Allow it (chmod o+x ${closed}), put the clone and the data elsewhere, or start Inlet as another user.`,
      { cause: error },
    );
  }
  return { account, prefix };
}

async function accountNamed(name: string): Promise<Account | null> {
  try {
    const [uid, gid] = await Promise.all([run("id", ["-u", name]), run("id", ["-g", name])]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    return null;
  }
}

/** The first folder on the way to one of the paths that not everybody may enter; null when all are open. */
async function firstClosedFolder(paths: readonly string[]): Promise<string | null> {
  for (const file of paths) {
    for (let dir = path.dirname(path.resolve(file)); ; dir = path.dirname(dir)) {
      if (((await stat(dir)).mode & 0o001) === 0) return dir;
      if (dir === path.dirname(dir)) break;
    }
  }
  return null;
}
