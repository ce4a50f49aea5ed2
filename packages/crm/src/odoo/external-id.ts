import { createHash } from "node:crypto";
import type { RecordName } from "../port.ts";

/** The "module" of Inlet's external ids. No Odoo module has this name, so that no upgrade of one touches them. */
export const MODULE = "inlet";

/**
 * The second half of a record's external id (`inlet.<name>`), which Odoo keeps unique: `deal_cnv_…`, `activity_eml_…`, `file_eml_…_<sha256>`, `task_eml_…_<rule>`.
 * A key with other characters, such as an address or a domain, goes in as a hash: a dot would end the module's name.
 */
export function externalName(effect: RecordName, key: string): string {
  const plain = key.replace("/", "_");
  return `${effect}_${/^[A-Za-z0-9_]{1,120}$/.test(plain) ? plain : hash(key)}`;
}

function hash(key: string): string {
  return createHash("sha256").update(key).digest("hex").slice(0, 32);
}
