import type { Database } from "./database.ts";

/** Writes what an operator did to the audit log; `actor` is who, `detail` what exactly (ids and filters, no content). */
export async function audit(database: Database, actor: string, action: string, detail: object): Promise<void> {
  await database.query("insert into audit (actor, action, detail) values ($1, $2, $3)", [
    actor,
    action,
    JSON.stringify(detail),
  ]);
}

export async function tellJourney(
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

/**
 * Settles by hand what no lookup can (PROTOCOL.md 4, settlement `none`): `assume-written` confirms the unknown effects of an event
 * without a record id, `write` forgets the claims so that the replay writes. Answers how many effects it settled.
 */
export async function settleByHand(
  database: Database,
  tenant: string,
  eventId: string,
  decision: "assume-written" | "write",
): Promise<number> {
  const rows = await database.query(
    decision === "assume-written"
      ? "update effects set state = 'confirmed', owner = null, lease_until = null, updated_at = now() where tenant = $1 and event_id = $2 and state in ('unknown', 'claimed') and settle_after <= clock_timestamp() returning key"
      : "delete from effects where tenant = $1 and event_id = $2 and state in ('unknown', 'claimed') and settle_after <= clock_timestamp() returning key",
    [tenant, eventId],
  );
  return rows.length;
}
