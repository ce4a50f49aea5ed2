import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { readTenant } from "@inlet/config";
import type { RawEnvironment, SourceConfig } from "@inlet/config";
import { CommandFailed, WrongUse } from "./context.ts";

/** A source as the tenant's file has it; null when this machine has no such file. Throws {@link WrongUse} when the file has no such source. */
export function sourceOf(tenant: string, source: string, env: RawEnvironment): SourceConfig | null {
  const dir = path.resolve(env["TENANTS_DIR"] ?? "");
  const file = path.join(dir, `${tenant}.yaml`);
  if (!existsSync(file)) return null;
  const { tenant: config, faults } = readTenant(tenant, readFileSync(file, "utf8"), { where: file, env, baseDir: dir });
  if (config === null) {
    const listed = faults.map(({ field, problem, remedy }) => `  ${field}: ${problem}. ${remedy}`).join("\n");
    throw new CommandFailed(`${file} cannot be read:\n${listed}`);
  }
  const found = config.sources.get(source);
  if (found === undefined) {
    throw new WrongUse(`tenant ${tenant} has no source "${source}"; it has ${[...config.sources.keys()].join(", ")}`);
  }
  return found;
}
