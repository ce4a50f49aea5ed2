import type { Database } from "../database.ts";
import { epochMs } from "../milliseconds.ts";
import type { PersonDigests } from "./person-digests.ts";

export interface ErasureRequest {
  readonly id: string;
  readonly tenant: string;
  /** As a contact's key has it. */
  readonly address: string;
  readonly actor: string;
  readonly why: string | null;
}

/** An erasure as operators see it: without the address. Times are epoch ms. */
export interface Erasure {
  readonly id: string;
  readonly tenant: string;
  /** Keyed digest of the address. */
  readonly person: string;
  readonly actor: string;
  readonly why: string | null;
  /** `pending`: a hold keeps some of it. */
  readonly state: "running" | "pending" | "done";
  /** Mail that was accepted until then. */
  readonly acceptedAt: number;
  /** What went, by table; `blobs` among them. */
  readonly counts: Readonly<Record<string, number>>;
  readonly held: number;
  /** Still under way. */
  readonly open: number;
  readonly askedAt: number;
  readonly endedAt: number | null;
}

const COLUMNS = `id, tenant, person, actor, why, state, accepted_at as "acceptedAt", counts, held, open,
  ${epochMs("asked_at")} as "askedAt", ${epochMs("ended_at")} as "endedAt"`;

/**
 * Sets the tombstone: from its commit on no replay writes mail of the person that was accepted before it. Audited in the same transaction, by the
 * digest. Asked again while one is under way, it is that one, up to now.
 */
export async function askErasure(
  database: Database,
  people: PersonDigests,
  { id, tenant, address, actor, why }: ErasureRequest,
): Promise<Erasure> {
  const [person] = await people.digest(tenant, [address]);
  return database.transaction(async (query) => {
    await query("select pg_advisory_xact_lock(hashtextextended($1, 9))", [`${tenant}/${person}`]);
    const [running] = await query<{ id: string }>(
      "select id from erasures where tenant = $1 and person = $2 and ended_at is null for update",
      [tenant, person],
    );
    if (running === undefined)
      await query(
        `insert into erasures (id, tenant, person, address, actor, why, accepted_at)
         values ($1, $2, $3, $4, $5, $6, ${epochMs("clock_timestamp()")})`,
        [id, tenant, person, address, actor, why],
      );
    else
      await query(
        `update erasures set accepted_at = ${epochMs("clock_timestamp()")}, asked_at = clock_timestamp(), state = 'running' where id = $1`,
        [running.id],
      );
    const asked = running?.id ?? id;
    await query("insert into audit (actor, action, tenant, detail) values ($1, 'erasure asked', $2, $3)", [
      actor,
      tenant,
      JSON.stringify({ erasure: asked, person, why }),
    ]);
    const [erasure] = await query<Erasure>(`select ${COLUMNS} from erasures where id = $1`, [asked]);
    return erasure as Erasure;
  });
}

export async function getErasure(database: Database, id: string): Promise<Erasure | null> {
  const [erasure] = await database.query<Erasure>(`select ${COLUMNS} from erasures where id = $1`, [id]);
  return erasure ?? null;
}

/** The newest first. */
export async function listErasures(
  database: Database,
  {
    tenant = null,
    open = false,
    limit,
  }: { readonly tenant?: string | null; readonly open?: boolean; readonly limit: number },
): Promise<Erasure[]> {
  return database.query<Erasure>(
    `select ${COLUMNS} from erasures where ($1::text is null or tenant = $1) and (not $2::boolean or ended_at is null)
      order by asked_at desc, id limit $3`,
    [tenant, open, limit],
  );
}
