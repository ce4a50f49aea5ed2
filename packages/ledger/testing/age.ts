import type { Database } from "../src/database.ts";

export const DAY_MS = 86_400_000;

interface Column {
  readonly table: string;
  readonly name: string;
  readonly type: "timestamptz" | "epoch";
}

/** Columns that hold epoch milliseconds though their name does not end in `_at`. */
const EPOCH = new Set(["deliveries.order_parsed_at", "waiting.record_timestamp"]);

/** Columns of 64 bits that hold no moment: ids, places, offsets, counts, sizes. */
export const NO_MOMENT = /\.(?:id|seq|generation|\w*offset|low|high|lost|\w*_ms|\w*bytes|\w*count|done|total|emails)$/;

/** Every column of 64 bits, `table.column`. */
export async function bigintColumns(database: Database): Promise<string[]> {
  const columns = await database.query<{ name: string }>(
    `select table_name || '.' || column_name as name from information_schema.columns
      where table_schema = current_schema() and data_type = 'bigint' order by 1`,
  );
  return columns.map(({ name }) => name);
}

/** Columns that hold a moment: every one with a time zone, and the epoch milliseconds, which are named `…_at`. */
export async function momentsIn(database: Database): Promise<Column[]> {
  const columns = await database.query<{ table: string; name: string; type: string }>(
    `select c.table_name as table, c.column_name as name, c.data_type as type
       from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
      where c.table_schema = current_schema() and t.table_type = 'BASE TABLE'
        and c.data_type in ('timestamp with time zone', 'timestamp without time zone', 'date', 'bigint')
      order by 1, c.ordinal_position`,
  );
  return columns.flatMap(({ table, name, type }): Column[] => {
    if (type !== "bigint") return [{ table, name, type: "timestamptz" }];
    return name.endsWith("_at") || EPOCH.has(`${table}.${name}`) ? [{ table, name, type: "epoch" }] : [];
  });
}

/** Append-only: a trigger lets no one change them. */
const NEVER_CHANGED = new Set(["audit"]);

/** Makes everything that the ledger holds so much older, as if it had stood there for `ms` longer. */
export async function age(database: Database, ms: number): Promise<void> {
  const byTable = Map.groupBy(await momentsIn(database), ({ table }) => table);
  for (const [table, columns] of byTable) {
    if (NEVER_CHANGED.has(table)) continue;
    const set = columns.map(({ name, type }) =>
      type === "epoch"
        ? // 0 stands for "not known" in an order, not for a moment.
          `"${name}" = case when "${name}" > ${ms} then "${name}" - ${ms} else "${name}" end`
        : `"${name}" = "${name}" - ${ms} * interval '1 ms'`,
    );
    await database.query(`update "${table}" set ${set.join(", ")}`);
  }
}
