import type { Database } from "./database.ts";
import { msUntil, spanMs } from "./milliseconds.ts";

/** Outages in a row, over all instances, that open a tenant's circuit (PROTOCOL.md 5). */
export const FAILURES_TO_OPEN = 3;

export interface CircuitState {
  readonly open: boolean;
  readonly failures: number;
  readonly code: string | null;
  /** ms until the next probe is due; 0 when closed. */
  readonly probeInMs: number;
}

interface Row {
  state: string;
  failures: number;
  code: string | null;
  probes: number;
  probe_in_ms: number | null;
}

const STATE = `state, failures, code, probes, ${msUntil("probe_at")} as probe_in_ms`;

export async function readCircuit(database: Database, tenant: string, crm: string): Promise<CircuitState> {
  const [row] = await database.query<Row>(`select ${STATE} from circuits where tenant = $1 and crm = $2`, [
    tenant,
    crm,
  ]);
  return stateOf(row);
}

/** Counts one outage; the third in a row opens the circuit. `probeDelayMs` answers the wait before the next probe, given the probes that failed so far. */
export async function recordOutage(
  database: Database,
  tenant: string,
  crm: string,
  code: string,
  probeDelayMs: (probes: number) => number,
): Promise<CircuitState & { readonly openedNow: boolean }> {
  return database.transaction(async (query) => {
    const [before] = await query<Row>(
      `insert into circuits (tenant, crm, state, failures, code) values ($1, $2, 'closed', 1, $3)
       on conflict (tenant, crm) do update set failures = circuits.failures + 1, code = excluded.code returning ${STATE}`,
      [tenant, crm, code],
    );
    if (before === undefined || before.failures < FAILURES_TO_OPEN) return { ...stateOf(before), openedNow: false };
    // Failures of calls that were under way when the circuit opened do not push the probe further away; a failed probe does.
    const openedNow = before.state !== "open";
    const [after] = await query<Row>(
      `update circuits set state = 'open', opened_at = coalesce(opened_at, clock_timestamp()),
              probe_at = clock_timestamp() + $3 * interval '1 ms', probes = probes + 1, probing = false
        where tenant = $1 and crm = $2 and (state = 'closed' or probing) returning ${STATE}`,
      [tenant, crm, spanMs(probeDelayMs(before.probes))],
    );
    return { ...stateOf(after ?? before), openedNow };
  });
}

/** Asks to be the one call that an open circuit lets through; another asker gets it after 30 s at the earliest. */
export async function takeProbe(database: Database, tenant: string, crm: string): Promise<boolean> {
  const rows = await database.query(
    `update circuits set probing = true, probe_at = clock_timestamp() + interval '30 s'
      where tenant = $1 and crm = $2 and state = 'open' and probe_at <= clock_timestamp() returning tenant`,
    [tenant, crm],
  );
  return rows.length > 0;
}

/** A call succeeded: the row is forgotten; an open circuit closes and its tenant's parked mail is due. Answers whether it was open. */
export async function recordSuccess(database: Database, tenant: string, crm: string): Promise<boolean> {
  const [row] = await database.query<{ closed: boolean }>(
    `with closed as (delete from circuits where tenant = $1 and crm = $2 returning state)
     , due as (update waiting set due_at = clock_timestamp() where tenant = $1 and kind = 'parked' and exists (select 1 from closed where state = 'open'))
     select exists (select 1 from closed where state = 'open') as closed`,
    [tenant, crm],
  );
  return row?.closed ?? false;
}

function stateOf(row: Row | undefined): CircuitState {
  return row === undefined
    ? { open: false, failures: 0, code: null, probeInMs: 0 }
    : {
        open: row.state === "open",
        failures: row.failures,
        code: row.code,
        probeInMs: row.state === "open" ? (row.probe_in_ms ?? 0) : 0,
      };
}
