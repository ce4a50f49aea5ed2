import { CRM_KINDS, getCrmKind, type CrmFile, type CrmKind, type CrmSettings } from "@inlet/crm";
import type { SettingsReading } from "@inlet/settings";
import { z } from "zod";

/** A tenant's CRM (`crm:`) as written; each kind says what it has (`packages/crm/src/<kind>/settings.ts`). */
export function crmFile(kinds: readonly CrmKind[] = CRM_KINDS): z.ZodType<CrmFile> {
  const files = kinds.map(({ file }) => file) as [z.ZodObject, ...z.ZodObject[]];
  return z.discriminatedUnion("kind", files) as unknown as z.ZodType<CrmFile>;
}

/** As used; what is wrong goes to `reading.fault`. */
export function readCrm(crm: CrmFile, reading: SettingsReading, kinds?: readonly CrmKind[]): CrmSettings {
  return getCrmKind(crm.kind, kinds).read(crm, reading);
}
