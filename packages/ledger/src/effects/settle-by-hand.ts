import { asRows, type Database } from "../database.ts";

/** An effect of an email of which no one knows whether it was written. */
export interface UnknownEffect {
  readonly crm: string;
  readonly effect: string;
  readonly key: string;
  /** How long a try that has it may still find out, ms; 0: it can be settled. */
  readonly busyMs: number;
}

/** What an operator found in the CRM: the record's id there, or null for none, so that it is to be written. */
export interface HandSettlement {
  readonly crm: string;
  readonly effect: string;
  readonly key: string;
  readonly recordId: string | null;
}

/**
 * The effects of an email that are unknown now. Which they were, its dead letter says: a later email of the same sender takes a claim over, and
 * with it what the ledger names as its event.
 */
export async function unknownEffects(database: Database, tenant: string, eventId: string): Promise<UnknownEffect[]> {
  return database.query<UnknownEffect & { key: string }>(
    `with named as (
       select u.crm, u.effect, u.key from deliveries d, jsonb_to_recordset(coalesce(d.evidence -> 'unknown', '[]'))
              as u(crm text, effect text, key text) where d.tenant = $1 and d.event_id = $2)
     select e.crm, e.effect, e.key,
            greatest(coalesce(extract(epoch from e.settle_after - clock_timestamp()) * 1000, 0), 0)::double precision as "busyMs"
       from effects e left join named n using (crm, effect, key)
      where e.tenant = $1 and e.state in ('claimed', 'unknown') and (e.event_id = $2 or n.key is not null)
      order by e.crm, e.effect, e.key`,
    [tenant, eventId],
  );
}

/**
 * Settles by hand what no lookup can (docs/concepts/protocol.md, section 4, settlement `none`): confirms an effect with the record that the operator names, or forgets
 * the claim, so that the replay writes. All of them or, where one is not unknown any more, none; audited in the same transaction.
 */
export async function settleByHand(
  database: Database,
  event: { readonly tenant: string; readonly eventId: string; readonly actor: string },
  settlements: readonly HandSettlement[],
): Promise<boolean> {
  const { tenant, eventId, actor } = event;
  const r = `r as (select * from jsonb_to_recordset($2::jsonb) as r(crm text, effect text, key text, record_id text))`;
  const same = `e.tenant = $1 and e.crm = r.crm and e.effect = r.effect and e.key = r.key`;
  return database.transaction(async (query) => {
    const rows = asRows(settlements.map(({ recordId, ...effect }) => ({ ...effect, record_id: recordId })));
    const open = await query(
      `with ${r} select e.key from effects e join r on ${same}
        where e.state in ('claimed', 'unknown') and e.settle_after <= clock_timestamp() for update of e`,
      [tenant, rows],
    );
    if (open.length !== settlements.length) return false;
    await query(
      `with ${r} update effects e set state = 'confirmed', record_id = r.record_id, event_id = $3, owner = null, lease_until = null, updated_at = now()
        from r where ${same} and r.record_id is not null`,
      [tenant, rows, eventId],
    );
    await query(`with ${r} delete from effects e using r where ${same} and r.record_id is null`, [tenant, rows]);
    await query("insert into audit (actor, action, detail) values ($1, 'effects settled', $2::jsonb)", [
      actor,
      asRows([{ tenant, eventId, settlements }]).slice(1, -1),
    ]);
    return true;
  });
}
