import { readFileSync } from "node:fs";
import { SHARED_LANE } from "@inlet/schemas";
import { parse } from "yaml";
import { listTenantFiles } from "./tenant-files.ts";

/** A tenant's file, as far as its lane and the names of its mailboxes go. */
export interface TenantLane {
  readonly id: string;
  /** Null where the file cannot be read as YAML. */
  readonly lane: string | null;
  readonly mailboxes: readonly string[];
}

/**
 * The tenants of a directory and the lanes that their files name. No secret is resolved and no other fault of a file counts: a caller that asks
 * for lanes alone must not fail because a password is missing. A directory that cannot be read has none.
 */
export function tenantLanes(dir: string): TenantLane[] {
  return listTenantFiles(dir).files.map(([id, path]) => {
    try {
      const content: unknown = parse(readFileSync(path, "utf8"));
      const file = isRecord(content) ? content : {};
      const mailboxes = isRecord(file["mailboxes"]) ? Object.keys(file["mailboxes"]) : [];
      return { id, lane: file["isolation"] === "dedicated" ? id : SHARED_LANE, mailboxes };
    } catch {
      return { id, lane: null, mailboxes: [] };
    }
  });
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
