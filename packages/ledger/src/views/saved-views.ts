import type { Database } from "../database.ts";
import { epochMs } from "../milliseconds.ts";

export interface ViewRequest {
  readonly id: string;
  readonly owner: string;
  /** Null: every tenant. */
  readonly tenant: string | null;
  readonly name: string;
  /** As in the list's address. */
  readonly query: string;
  readonly shared: boolean;
}

/** A filter of the list of emails under a name. Times are epoch ms. */
export interface SavedView extends ViewRequest {
  readonly createdAt: number;
}

/** Of one person. */
export const MOST_VIEWS = 50;

const COLUMNS = `id, owner, tenant, name, query, shared, ${epochMs("created_at")} as "createdAt"`;

const DETAIL = "jsonb_build_object('view', id, 'owner', owner, 'name', name, 'query', query)";

/**
 * Keeps a view, in place of the owner's one of that name. Null where the owner has as many as one may have. That it is shared, or is no longer,
 * is audited in the same statement.
 */
export async function saveView(database: Database, view: ViewRequest): Promise<SavedView | null> {
  const { id, owner, tenant, name, query, shared } = view;
  const [row] = await database.query<SavedView>(
    `with mine as (select name, shared from saved_views where owner = $2),
          kept as (
            insert into saved_views (id, owner, tenant, name, query, shared)
            select $1, $2, $3::text, $4, $5, $6::boolean
             where (select count(*) from mine) < ${MOST_VIEWS} or exists (select from mine where name = $4)
            on conflict (owner, name) do update set tenant = excluded.tenant, query = excluded.query, shared = excluded.shared
            returning *),
          told as (
            insert into audit (actor, action, tenant, detail)
            select owner, case when shared then 'view shared' else 'view unshared' end, coalesce(tenant, ''), ${DETAIL} from kept
             where shared or exists (select from mine where name = $4 and mine.shared))
     select ${COLUMNS} from kept`,
    [id, owner, tenant, name, query, shared],
  );
  return row ?? null;
}

/** False where it is gone already. Of one that was shared it is audited in the same statement. */
export async function deleteView(database: Database, id: string, actor: string): Promise<boolean> {
  const rows = await database.query(
    `with gone as (delete from saved_views where id = $1 returning *),
          told as (insert into audit (actor, action, tenant, detail)
                   select $2, 'shared view deleted', coalesce(tenant, ''), ${DETAIL} from gone where shared)
     select id from gone`,
    [id, actor],
  );
  return rows.length > 0;
}

export async function getView(database: Database, id: string): Promise<SavedView | null> {
  const [row] = await database.query<SavedView>(`select ${COLUMNS} from saved_views where id = $1`, [id]);
  return row ?? null;
}

/**
 * The own ones, and those that others share with who may see these tenants; by name.
 * @param tenants null: every tenant
 */
export async function listViews(
  database: Database,
  { owner, tenants }: { readonly owner: string; readonly tenants: readonly string[] | null },
): Promise<SavedView[]> {
  return database.query<SavedView>(
    `select ${COLUMNS} from saved_views
      where owner = $1 or (shared and ($2::text[] is null or tenant = any($2::text[])))
      order by name, owner limit 500`,
    [owner, tenants],
  );
}

/** Filters of the list of emails that people keep. */
export function viewsOn(database: Database) {
  return {
    save: async (view: ViewRequest): Promise<SavedView | null> => saveView(database, view),
    delete: async (id: string, actor: string): Promise<boolean> => deleteView(database, id, actor),
    get: async (id: string): Promise<SavedView | null> => getView(database, id),
    list: async (whose: Parameters<typeof listViews>[1]): Promise<SavedView[]> => listViews(database, whose),
  };
}
