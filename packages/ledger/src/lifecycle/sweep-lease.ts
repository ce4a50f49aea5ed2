import type { Database } from "../database.ts";
import { epochMs } from "../milliseconds.ts";

/** A sweep as it stands. Times are epoch ms. */
export interface SweepState {
  readonly name: string;
  readonly holder: string | null;
  readonly place: Readonly<Record<string, unknown>>;
  readonly counts: Readonly<Record<string, number>>;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
}

const COLUMNS = `name, holder, place, counts, ${epochMs("started_at")} as "startedAt", ${epochMs("ended_at")} as "endedAt"`;

/**
 * Takes or renews the lease of a sweep: null while another instance has it, or the last run ended less than `everyMs` ago. A run that was cut off
 * goes on from its place.
 */
export async function takeSweep(
  database: Database,
  {
    name,
    holder,
    leaseMs,
    everyMs,
  }: { readonly name: string; readonly holder: string; readonly leaseMs: number; readonly everyMs: number },
): Promise<SweepState | null> {
  await database.query("insert into sweeps (name) values ($1) on conflict do nothing", [name]);
  const [sweep] = await database.query<SweepState>(
    `update sweeps set holder = $2, lease_until = clock_timestamp() + $3 * interval '1 ms',
            started_at = case when started_at is null or ended_at is not null then clock_timestamp() else started_at end,
            counts = case when ended_at is not null then '{}' else counts end, place = case when ended_at is not null then '{}' else place end,
            ended_at = null
      where name = $1 and (holder is null or holder = $2 or lease_until < clock_timestamp())
        and (ended_at is null or ended_at < clock_timestamp() - $4 * interval '1 ms')
     returning ${COLUMNS}`,
    [name, holder, leaseMs, everyMs],
  );
  return sweep ?? null;
}

/** Tells how far the run is; false when another instance has it. A run that ended, and one that is let go, has no holder. */
export async function reportSweep(
  database: Database,
  { name, holder }: { readonly name: string; readonly holder: string },
  {
    place,
    counts,
    next,
  }: { readonly place: object; readonly counts: object; readonly next: "go on" | "let go" | "end" },
): Promise<boolean> {
  const rows = await database.query(
    `update sweeps set place = $3, counts = $4, holder = case when $5 = 'go on' then holder end,
            lease_until = case when $5 = 'go on' then clock_timestamp() + interval '30 s' end,
            ended_at = case when $5 = 'end' then clock_timestamp() end
      where name = $1 and holder = $2 returning 1`,
    [name, holder, JSON.stringify(place), JSON.stringify(counts), next],
  );
  return rows.length > 0;
}

export async function readSweep(database: Database, name: string): Promise<SweepState | null> {
  const [sweep] = await database.query<SweepState>(`select ${COLUMNS} from sweeps where name = $1`, [name]);
  return sweep ?? null;
}

/** Asks for a run at once. */
export async function askSweep(database: Database, name: string): Promise<void> {
  await database.query(
    `insert into sweeps (name) values ($1)
     on conflict (name) do update set ended_at = case when sweeps.ended_at is not null then 'epoch'::timestamptz end`,
    [name],
  );
}
