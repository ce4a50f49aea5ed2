import { http } from "./http/kind.ts";
import { hubSpot } from "./hubspot/kind.ts";
import type { CrmKind } from "./kind.ts";
import { odoo } from "./odoo/kind.ts";

/** Every CRM that Inlet knows: a new one is a folder, and a line here. */
export const CRM_KINDS: readonly CrmKind[] = [hubSpot, odoo, http];

/** Kinds whose writes take many records at a time. */
export const BATCHING_KINDS: readonly string[] = CRM_KINDS.filter(({ batching }) => batching).map(({ name }) => name);

export function getCrmKind(name: string, kinds: readonly CrmKind[] = CRM_KINDS): CrmKind {
  const kind = kinds.find((each) => each.name === name);
  if (kind === undefined) throw new Error(`no CRM of kind ${name}`);
  return kind;
}
