import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { readTenant, type RawEnvironment, type TenantConfig } from "@inlet/config";
import { CommandFailed } from "./context.ts";

/** A tenant as its file has it, with its secrets; null when this machine has no such file. */
export function readTenantFile(tenant: string, env: RawEnvironment): TenantConfig | null {
  const dir = path.resolve(env["TENANTS_DIR"] ?? "");
  const file = path.join(dir, `${tenant}.yaml`);
  if (!existsSync(file)) return null;
  const { tenant: config, faults } = readTenant(tenant, readFileSync(file, "utf8"), { where: file, env, baseDir: dir });
  if (config !== null) return config;
  const listed = faults.map(({ field, problem, remedy }) => `  ${field}: ${problem}. ${remedy}`).join("\n");
  throw new CommandFailed(`${file} cannot be read:\n${listed}`);
}

/** As {@link readTenantFile}, of a tenant that there must be. */
export function getTenant(tenant: string, env: RawEnvironment): TenantConfig {
  const config = readTenantFile(tenant, env);
  if (config === null)
    throw new CommandFailed(`${tenant}: no tenant file has this id. npx inlet tenants check lists them`);
  return config;
}
