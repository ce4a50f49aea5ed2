import { readFileSync } from "node:fs";
import path from "node:path";
import { TENANT_ID } from "@inlet/schemas";
import { readRules, type RulesReading } from "../tenant/read-rules.ts";

/** What a tenant's file says without its secrets, read now; null where the id is none, or there is no such file. Throws where it cannot be read. */
export function readRulesFile(dir: string, id: string): RulesReading | null {
  if (!TENANT_ID.test(id)) return null;
  const where = path.join(dir, `${id}.yaml`);
  try {
    return readRules(readFileSync(where, "utf8"), where);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}
