import type { Database } from "../database.ts";

/** Writes what an operator did to the audit log; `actor` is who, `detail` what exactly (ids and filters, no content). */
export async function audit(database: Database, actor: string, action: string, detail: object): Promise<void> {
  await database.query("insert into audit (actor, action, detail) values ($1, $2, $3)", [
    actor,
    action,
    JSON.stringify(detail),
  ]);
}

export async function appendJourneyEvent(
  database: Database,
  tenant: string,
  eventId: string,
  service: string,
  what: string,
  detail: object,
): Promise<void> {
  await database.query("insert into journey (tenant, event_id, service, what, detail) values ($1, $2, $3, $4, $5)", [
    tenant,
    eventId,
    service,
    what,
    JSON.stringify(detail),
  ]);
}
