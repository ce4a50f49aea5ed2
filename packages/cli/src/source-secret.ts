import type { RawEnvironment, SourceConfig } from "@inlet/config";
import { WrongUse } from "./context.ts";
import { readTenantFile } from "./tenant-of.ts";

/** A source as the tenant's file has it; null when this machine has no such file. Throws {@link WrongUse} when the file has no such source. */
export function sourceOf(tenant: string, source: string, env: RawEnvironment): SourceConfig | null {
  const config = readTenantFile(tenant, env);
  if (config === null) return null;
  const found = config.sources.get(source);
  if (found === undefined) {
    throw new WrongUse(`tenant ${tenant} has no source "${source}"; it has ${[...config.sources.keys()].join(", ")}`);
  }
  return found;
}
