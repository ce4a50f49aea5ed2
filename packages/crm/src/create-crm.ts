import type { CrmContext, CrmKind } from "./kind.ts";
import type { Crm } from "./port.ts";
import { getCrmKind } from "./registry.ts";
import type { CrmSettings } from "./settings.ts";

/** The adapter for a tenant's CRM. The caller closes it. */
export function createCrm(settings: CrmSettings, context: CrmContext, kinds?: readonly CrmKind[]): Crm {
  return getCrmKind(settings.kind, kinds).create(settings, context);
}
