import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseTenantFile } from "../tenant-file/parse-tenant-file.ts";
import type { TenantFile } from "../tenant-file/tenant-file.ts";
import { GONE, stampSoon } from "./tenant-files.ts";

/** Tenants' files as written, without their secrets: what a process may know that calls no CRM and checks no signature. */
export interface WrittenTenantFiles {
  /** Null: there is no such file, or it has faults (the services that use it say which). */
  get(tenant: string): Promise<TenantFile | null>;
}

const TENANT = /^[a-z0-9][a-z0-9-]{0,62}$/;

/** Reads a file again once it has changed. `dir` empty: there are none. */
export function openWrittenTenantFiles(dir: string): WrittenTenantFiles {
  const known = new Map<string, { readonly stamp: string; readonly file: TenantFile | null }>();
  return {
    get: async (tenant) => {
      if (dir === "" || !TENANT.test(tenant)) return null;
      const path = join(dir, `${tenant}.yaml`);
      const stamp = await stampSoon(path);
      const kept = known.get(tenant);
      if (kept?.stamp === stamp) return kept.file;
      const text = stamp === GONE ? null : await readFile(path, "utf8").catch(() => null);
      const file = text === null ? null : parseTenantFile(path, text, []);
      known.set(tenant, { stamp, file });
      return file;
    },
  };
}
