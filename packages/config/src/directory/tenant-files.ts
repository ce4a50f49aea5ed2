import { readdirSync, readFileSync, statSync } from "node:fs";
import { stat } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import type { RawEnvironment } from "@inlet/settings";
import { readTenant } from "../tenant/read-tenant.ts";
import type { TenantReading } from "../tenant/read-tenant.ts";
import type { ConfigFault } from "../types.ts";

/** The tenant files of a directory, by id; with the faults of the directory itself. */
export function listTenantFiles(dir: string): {
  readonly files: readonly (readonly [id: string, path: string])[];
  readonly faults: readonly ConfigFault[];
  readonly readable: boolean;
} {
  let names: string[];
  try {
    names = readdirSync(dir).toSorted();
  } catch (error) {
    const problem = `cannot be read (${(error as NodeJS.ErrnoException).code ?? "error"})`;
    return {
      files: [],
      readable: false,
      faults: [{ where: dir, field: "", problem, remedy: "Point TENANTS_DIR at the directory of the tenant files" }],
    };
  }
  const visible = names.filter((name) => !name.startsWith("."));
  return {
    readable: true,
    files: visible
      .filter((name) => extname(name) === ".yaml")
      .map((name) => [basename(name, ".yaml"), join(dir, name)] as const),
    faults: visible
      .filter((name) => extname(name) === ".yml")
      .map((name) => ({
        where: join(dir, name),
        field: "",
        problem: "would be ignored",
        remedy: `Rename it to ${basename(name, ".yml")}.yaml`,
      })),
  };
}

/** One file as a reading; a file that cannot be read is a fault, not an exception. */
export function readFile(id: string, path: string, env: RawEnvironment, baseDir: string): TenantReading {
  try {
    return readTenant(id, readFileSync(path, "utf8"), { where: path, env, baseDir });
  } catch (error) {
    const problem = `cannot be read (${(error as NodeJS.ErrnoException).code ?? "error"})`;
    return {
      tenant: null,
      secretFiles: [],
      faults: [{ where: path, field: "", problem, remedy: "Check its permissions" }],
    };
  }
}

/** What tells that a file was changed or replaced; `gone` where there is none. */
export function stampNow(path: string): string {
  return toStamp(statSync(path, { throwIfNoEntry: false, bigint: true }));
}

/** {@link stampNow}, without holding up the event loop. */
export async function stampSoon(path: string): Promise<string> {
  return toStamp(await stat(path, { bigint: true }).catch(() => undefined));
}

function toStamp(stats: { ino: bigint; size: bigint; mtimeNs: bigint } | undefined): string {
  return stats === undefined ? GONE : `${stats.ino}:${stats.size}:${stats.mtimeNs}`;
}

export const GONE = "gone";
