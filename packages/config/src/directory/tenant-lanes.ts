import { readFileSync } from "node:fs";
import { SHARED_LANE } from "@inlet/schemas";
import { parse } from "yaml";
import { listTenantFiles } from "./tenant-files.ts";

/** A tenant's file, as far as its lane goes. */
export interface TenantLane {
  readonly id: string;
  /** Null where the file cannot be read as YAML. */
  readonly lane: string | null;
}

/**
 * The tenants of a directory and the lanes that their files name. No secret is resolved and no other fault of a file counts: a caller that asks
 * for lanes alone must not fail because a password is missing. A directory that cannot be read has none.
 */
export function tenantLanes(dir: string): TenantLane[] {
  return listTenantFiles(dir).files.map(([id, path]) => {
    try {
      const content: unknown = parse(readFileSync(path, "utf8"));
      const dedicated =
        typeof content === "object" && content !== null && "isolation" in content && content.isolation === "dedicated";
      return { id, lane: dedicated ? id : SHARED_LANE };
    } catch {
      return { id, lane: null };
    }
  });
}
