import { asRows, type Database } from "../database.ts";

export interface MappingVersion {
  readonly tenant: string;
  readonly version: string;
  /** Parts of the tenant's file as digests. */
  readonly parts: Readonly<Record<string, string>>;
}

/** What an email was written under, against the mapping that its tenant has now. */
export interface MappingView {
  readonly version: string;
  /** The parts that it was made of; null for one from before that was kept. */
  readonly parts: readonly string[] | null;
  /** The newest mapping of the tenant. */
  readonly current: string | null;
  /** Parts that are different now, or were added or left out since. */
  readonly changed: readonly string[];
}

/** Keeps what the mappings that are in force are made of. */
export async function noteMappings(database: Database, mappings: readonly MappingVersion[]): Promise<void> {
  await database.query(
    `insert into mapping_versions as m (tenant, version, parts)
     select r.tenant, r.version, r.parts from jsonb_to_recordset($1::jsonb) as r(tenant text, version text, parts jsonb)
      order by r.tenant, r.version
     on conflict (tenant, version) do update set last_at = clock_timestamp()`,
    [asRows(mappings)],
  );
}

/** Null for an email that no mapping has shaped yet. */
export async function viewMapping(database: Database, tenant: string, eventId: string): Promise<MappingView | null> {
  const [row] = await database.query<{
    version: string | null;
    parts: Record<string, string> | null;
    current: string | null;
    now: Record<string, string> | null;
  }>(
    `select d.mapping_version as version, m.parts, n.version as current, n.parts as now
       from deliveries d
            left join mapping_versions m on m.tenant = d.tenant and m.version = d.mapping_version
            left join lateral (select version, parts from mapping_versions l where l.tenant = d.tenant order by l.last_at desc limit 1) n on true
      where d.tenant = $1 and d.event_id = $2`,
    [tenant, eventId],
  );
  if (row === undefined || row.version === null) return null;
  const { version, parts, current, now } = row;
  const names = Object.keys({ ...parts, ...now });
  const changed = parts === null || now === null ? [] : names.filter((name) => parts[name] !== now[name]);
  return {
    version,
    parts: parts === null ? null : Object.keys(parts).toSorted(),
    current,
    changed: changed.toSorted(),
  };
}
