import type { Database } from "../database.ts";
import { epochMs, msSince } from "../milliseconds.ts";

/** The code under which the mail of a buffered tenant waits. */
export const BUFFER_CODE = "buffer_mode";

/** A tenant in buffer mode, and what waits for its end. */
export interface Buffer {
  readonly tenant: string;
  readonly why: string | null;
  /** The operator who switched it on. */
  readonly actor: string;
  /** Epoch ms. */
  readonly since: number;
  /** Emails that wait at the step before the CRM, for whatever reason; `oldestMs` is how long the oldest does, null when none. */
  readonly waiting: number;
  readonly oldestMs: number | null;
}

/** Holds a tenant's mail back from now on. Answers false when it is held back already: its reason and time stay. Audited. */
export async function bufferOn(
  database: Database,
  tenant: string,
  { why, actor }: { readonly why: string | null; readonly actor: string },
): Promise<boolean> {
  const rows = await database.query(
    `with held as (insert into buffers (tenant, why, actor) values ($1, $2, $3) on conflict do nothing returning tenant)
     insert into audit (actor, action, detail)
       select $3, 'buffer on', jsonb_strip_nulls(jsonb_build_object('tenant', tenant, 'why', $2::text)) from held returning id`,
    [tenant, why, actor],
  );
  return rows.length > 0;
}

/**
 * Lets a tenant's mail go on: all that was parked by buffer mode is released, oldest first; no row of it is written. Answers how many emails that
 * are, null when the tenant was not in buffer mode. Audited.
 */
export async function bufferOff(database: Database, tenant: string, actor: string): Promise<number | null> {
  const [row] = await database.query<{ ended: boolean; released: number }>(
    `with ended as (delete from buffers where tenant = $1 returning tenant),
      due as (select count(*) as emails from waiting w where w.tenant = $1 and w.code = 'buffer_mode'),
      told as (insert into audit (actor, action, detail)
        select $2, 'buffer off', jsonb_build_object('tenant', tenant, 'released', (select emails from due)) from ended)
     select exists (select 1 from ended) as ended, (select emails from due) as released`,
    [tenant, actor],
  );
  return row?.ended === true ? row.released : null;
}

export async function listBuffers(database: Database): Promise<Buffer[]> {
  return database.query(
    `select b.tenant, b.why, b.actor, ${epochMs("b.since")} as since, count(w.event_id) as waiting,
            ${msSince("min(w.since)")} as "oldestMs"
       from buffers b left join waiting w on w.tenant = b.tenant and w.stage = 'deliver'
      group by b.tenant order by b.tenant`,
  );
}

/** What stands between a tenant's mail and its CRM, apart from the circuit. */
export interface Gate {
  readonly buffered: boolean;
  /** Older mail waits for the quota: what comes now queues behind it. */
  readonly behindQuota: boolean;
  /** The lane that the tenant moves to: mail of it waits until the old one is drained. Null: it does not move. */
  readonly movingTo: string | null;
}

export async function readGates(database: Database, tenants: readonly string[]): Promise<Gate[]> {
  const rows = await database.query<Gate & { i: number }>(
    `select r.i, exists (select 1 from buffers b where b.tenant = r.tenant) as buffered,
            exists (select 1 from waiting w where w.tenant = r.tenant and w.code = 'quota') as "behindQuota",
            (select j.lane from jobs j where j.kind = 'lane_move' and j.state in ('waiting', 'running', 'paused') and j.filter ->> 'tenant' = r.tenant
              order by j.asked_at desc limit 1) as "movingTo"
       from unnest($1::text[]) with ordinality as r(tenant, i) order by r.i`,
    [tenants],
  );
  return rows.map(({ buffered, behindQuota, movingTo }) => ({ buffered, behindQuota, movingTo }));
}
