import type { SettingsReading } from "@inlet/settings";
import { z } from "zod";
import { baseUrl, everyKind, readEveryKind, token, type CrmSettings } from "../settings.ts";

/** `crm:` of kind `odoo` as written. */
export const odooFile = z.strictObject({
  kind: z.literal("odoo").meta({ description: "the CRM's adapter" }),
  baseUrl: baseUrl.meta({ description: "address of Odoo itself, such as https://odoo.example.com, or env:NAME" }),
  database: z
    .string()
    .regex(/^(env:[A-Za-z_][A-Za-z0-9_]*|[A-Za-z0-9][A-Za-z0-9_.-]*)$/, "is not the name of a database")
    .nullable()
    .default(null)
    .meta({ description: "name of the database, or env:NAME; null where the address serves one database only" }),
  token: token.meta({
    description: "API key of Odoo's user: env:NAME or file:PATH, or a list of them, the newest first",
  }),
  ...everyKind,
  pipeline: everyKind.pipeline.meta({
    description: "sales team of new deals, by name or database id; null for Odoo's own choice",
  }),
  stage: everyKind.stage.meta({
    description: "stage of new deals, by name or database id; null for Odoo's own choice",
  }),
});

/** `token` holds the API key. */
export interface OdooSettings extends CrmSettings {
  readonly kind: "odoo";
  /** Null where the address serves one database only. */
  readonly database: string | null;
}

export function readOdoo(crm: z.output<typeof odooFile>, reading: SettingsReading): OdooSettings {
  const every = readEveryKind(crm, reading);
  return { kind: crm.kind, database: readDatabase(crm.database, reading), ...every };
}

function readDatabase(database: string | null, { resolved }: SettingsReading): string | null {
  if (database === null || !database.startsWith("env:")) return database;
  return resolved("crm.database", database) ?? null;
}
