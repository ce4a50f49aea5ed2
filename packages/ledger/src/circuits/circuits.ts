import type { Database } from "../database.ts";
import { msUntil, spanMs } from "../milliseconds.ts";

/** Outages in a row, of distinct emails or of pings over all instances, that open a tenant's circuit (docs/concepts/protocol.md, section 5). */
export const FAILURES_TO_OPEN = 3;

/** A CRM that asks to be left alone for so long has said itself that it is away, ms. */
const OPENS_AT_ONCE_MS = 5_000;

/** Another instance may take a probe that has not ended after so long, ms. */
const PROBE_LEASE_MS = 30_000;

export interface CircuitState {
  readonly open: boolean;
  readonly failures: number;
  readonly code: string | null;
  /** ms until the next probe is due; 0 when closed. */
  readonly probeInMs: number;
  /** Operations that fail although the CRM answers. */
  readonly failing: readonly string[];
}

/** A CRM that does not answer, as an email or a ping found it. */
export interface CrmOutage {
  /** The email; null: a ping. */
  readonly eventId: string | null;
  /** The ping is the probe of an open circuit. */
  readonly probe: boolean;
  readonly code: string;
  /** How long the CRM asks to be left alone. */
  readonly retryAfterMs: number;
}

/** An open circuit whose probe this instance makes. */
export interface DueProbe {
  readonly tenant: string;
  readonly crm: string;
}

interface Row {
  state: string | null;
  failures: number | null;
  code: string | null;
  probes: number | null;
  probe_in_ms: number | null;
  failing?: string[];
}

const STATE = `state, failures, code, probes, ${msUntil("probe_at")} as probe_in_ms`;

export async function readCircuit(database: Database, tenant: string, crm: string): Promise<CircuitState> {
  const [row] = await database.query<Row>(
    `select ${STATE}, (select coalesce(array_agg(operation), '{}') from failing_operations o
                        where o.tenant = $1 and o.crm = $2 and o.failing_since is not null) as failing
       from (select 1) always left join circuits c on c.tenant = $1 and c.crm = $2`,
    [tenant, crm],
  );
  return toState(row);
}

/**
 * Counts an outage: three in a row open the circuit, and so does a CRM that asks to be left alone for a while. It is not probed before the
 * CRM asked for it. `probeDelayMs` answers the wait before the next probe, given the probes that failed so far.
 */
export async function recordOutage(
  database: Database,
  tenant: string,
  crm: string,
  { eventId, probe, code, retryAfterMs }: CrmOutage,
  probeDelayMs: (probes: number) => number,
): Promise<CircuitState & { readonly openedNow: boolean }> {
  return database.transaction(async (query) => {
    const [before] = await query<Row>(
      `insert into circuits as c (tenant, crm, state, failures, code, failed_by)
         values ($1, $2, 'closed', 1, $3, case when $4::text is null then '{}' else array[$4::text] end)
       on conflict (tenant, crm) do update set code = excluded.code,
         failures = case when $4 = any (c.failed_by) then c.failures else least(c.failures + 1, 1000) end,
         failed_by = case when $4 is null or $4 = any (c.failed_by) then c.failed_by else (c.failed_by || $4)[1:${FAILURES_TO_OPEN}] end
       returning ${STATE}`,
      [tenant, crm, code, eventId],
    );
    const opens = (before?.failures ?? 0) >= FAILURES_TO_OPEN || retryAfterMs >= OPENS_AT_ONCE_MS;
    if (before === undefined || !(opens || before.state === "open")) return { ...toState(before), openedNow: false };
    // Failures of calls that were under way when the circuit opened do not push the probe further away, but for what the CRM asked; a failed
    // probe does.
    const openedNow = before.state !== "open";
    const [after] = await query<Row>(
      `update circuits set state = 'open', opened_at = coalesce(opened_at, clock_timestamp()),
              probe_at = greatest(case when state = 'closed' or $5 then clock_timestamp() + $3 * interval '1 ms' else probe_at end,
                                  clock_timestamp() + $4 * interval '1 ms'),
              probes = case when state = 'closed' or $5 then probes + 1 else probes end, probing = probing and not $5
        where tenant = $1 and crm = $2 returning ${STATE}`,
      [tenant, crm, spanMs(probeDelayMs(before.probes ?? 0)), spanMs(retryAfterMs), probe],
    );
    return { ...toState(after ?? before), openedNow };
  });
}

/**
 * Open circuits of these tenants that are to be probed now, each given to one instance. A tenant's circuit to a CRM that it has left is
 * forgotten, and its mail due.
 */
export async function takeProbes(
  database: Database,
  tenants: readonly { readonly tenant: string; readonly crm: string }[],
): Promise<DueProbe[]> {
  const mine = "select * from unnest($1::text[], $2::text[]) as m(tenant, crm)";
  const values = [tenants.map(({ tenant }) => tenant), tenants.map(({ crm }) => crm)];
  const due = await database.query<DueProbe & { left: boolean }>(
    `with mine as (${mine})
     select c.tenant, c.crm, c.crm <> m.crm as left from circuits c join mine m using (tenant)
      where c.state = 'open' and (c.crm <> m.crm or c.probe_at <= clock_timestamp()) limit 32`,
    values,
  );
  for (const { tenant, crm, left } of due) if (left) await recordSuccess(database, tenant, crm, true);
  const open = due.filter(({ left }) => !left);
  if (open.length === 0) return [];
  return database.query<DueProbe>(
    `update circuits c set probing = true, probe_at = clock_timestamp() + ${PROBE_LEASE_MS} * interval '1 ms'
       from unnest($1::text[], $2::text[]) as d(tenant, crm)
      where c.tenant = d.tenant and c.crm = d.crm and c.state = 'open' and c.probe_at <= clock_timestamp() returning c.tenant, c.crm`,
    [open.map(({ tenant }) => tenant), open.map(({ crm }) => crm)],
  );
}

/** A circuit is to be probed now: what stood in the way may be gone. */
export async function probeSoon(database: Database, tenant: string, crm: string): Promise<void> {
  await database.query(
    "update circuits set probe_at = clock_timestamp() where tenant = $1 and crm = $2 and state = 'open' and not probing",
    [tenant, crm],
  );
}

/**
 * A call succeeded: what failed before it is forgotten. A ping closes an open circuit (`probe`), and its tenant's parked mail is due; calls
 * that were under way do not. Answers whether it was open, and closed now.
 */
export async function recordSuccess(database: Database, tenant: string, crm: string, probe: boolean): Promise<boolean> {
  const [row] = await database.query<{ closed: boolean }>(
    `with closed as (delete from circuits where tenant = $1 and crm = $2 and (state = 'closed' or $3) returning state)
     , due as (update waiting set due_at = clock_timestamp() where tenant = $1 and kind = 'parked'
         and code not in ('circuit_open', 'buffer_mode', 'quota', 'behind_conversation') and exists (select 1 from closed where state = 'open'))
     select exists (select 1 from closed where state = 'open') as closed`,
    [tenant, crm, probe],
  );
  return row?.closed ?? false;
}

function toState(row: Row | undefined): CircuitState {
  const open = row?.state === "open";
  return {
    open,
    failures: row?.failures ?? 0,
    code: row?.code ?? null,
    probeInMs: open ? (row?.probe_in_ms ?? 0) : 0,
    failing: row?.failing ?? [],
  };
}
