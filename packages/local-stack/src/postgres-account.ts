import { execFile } from "node:child_process";
import { chown, stat } from "node:fs/promises";
import { promisify } from "node:util";
import { systemAccountForPostgres } from "../prerequisites.mjs";
import { LocalStackError } from "./errors.ts";

const run = promisify(execFile);

export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/**
 * Postgres refuses to run as root: then it runs as the account that owns its data, else as one that the system has. Null: as we
 * are. Throws {@link LocalStackError} when the system has none.
 */
export async function postgresAccount(data: string): Promise<Account | null> {
  if (process.getuid?.() !== 0) return null;
  const owner = await stat(data).catch(() => null);
  if (owner !== null && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  const account = systemAccountForPostgres();
  if (account === null)
    throw new LocalStackError(
      "Postgres does not run as root, and this system has no other account. Start Inlet as another user.",
    );
  return account;
}

/** Makes the account the owner of its folders, and of data that a copy made by root took from it. */
export async function giveToAccount(account: Account, dir: string, data: string): Promise<void> {
  await chown(dir, account.uid, account.gid);
  const owner = await stat(data).catch(() => null);
  if (owner !== null && owner.uid !== account.uid) await run("chown", ["-R", `${account.uid}:${account.gid}`, data]);
}
