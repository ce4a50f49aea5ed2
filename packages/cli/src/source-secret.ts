import type { RawEnvironment } from "@inlet/config";
import type { SourceSettings } from "@inlet/sources";
import { UsageError } from "./context.ts";
import { readTenantFile } from "./read-tenant-file.ts";

/** A source as the tenant's file has it; null when this machine has no such file. Throws {@link UsageError} when the file has no such source. */
export function findSource(tenant: string, source: string, env: RawEnvironment): SourceSettings | null {
  const config = readTenantFile(tenant, env);
  if (config === null) return null;
  const found = config.sources.get(source);
  if (found === undefined) {
    throw new UsageError(`tenant ${tenant} has no source "${source}"; it has ${[...config.sources.keys()].join(", ")}`);
  }
  return found;
}
