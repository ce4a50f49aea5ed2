import type { Database } from "../database.ts";

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
