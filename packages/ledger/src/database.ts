import { createHash } from "node:crypto";
import { Pool, types, type PoolClient } from "pg";

/** Postgres is away, starting, or too busy to answer: infrastructure, never the email's fault. */
export class LedgerUnavailableError extends Error {
  override readonly name = "LedgerUnavailableError";
}

// bigint columns hold epoch ms, Kafka offsets and counts, all far below 2^53.
const INT8 = 20;

/** Deadlock, serialization failure, and a statement prepared before a migration changed its table, which a new connection prepares anew. */
const PASSING = new Set(["40P01", "40001", "0A000"]);

export interface Database {
  /** Rows of one statement. Deadlocks and serialization failures are retried. Throws {@link LedgerUnavailableError} when Postgres is away. */
  query<Row>(sql: string, values?: unknown[]): Promise<Row[]>;
  /** Runs `work` in one transaction, again from the start after a deadlock. */
  transaction<T>(work: (run: Database["query"]) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  readonly connectionString: string;
  /** Default 8. */
  readonly maxConnections?: number;
  readonly applicationName?: string;
}

/** Opens a pool; connects at the first query. A statement is cut off after 15 s. */
export function openDatabase(options: DatabaseOptions): Database {
  const pool = new Pool({
    connectionString: options.connectionString,
    max: options.maxConnections ?? 8,
    application_name: options.applicationName ?? "inlet",
    connectionTimeoutMillis: 5_000,
    query_timeout: 20_000,
    statement_timeout: 15_000,
    keepAlive: true,
    types: {
      getTypeParser: ((oid: number, format?: "text" | "binary") =>
        oid === INT8 ? Number : types.getTypeParser(oid, format)) as typeof types.getTypeParser,
    },
  });
  // An idle connection that Postgres closes is replaced at the next query; without a listener it would end the process.
  pool.on("error", () => {});

  const run = async <T>(work: (client: PoolClient) => Promise<T>): Promise<T> => {
    for (let round = 1; ; round += 1) {
      let client: PoolClient | undefined;
      let broken: Error | undefined;
      try {
        client = await pool.connect();
        return await work(client);
      } catch (error) {
        broken = error as Error;
        const code = (error as { code?: string }).code ?? "";
        if (PASSING.has(code) && round < 6) continue;
        throw isFaultOfTheStatement(code)
          ? error
          : new LedgerUnavailableError(`the ledger does not answer: ${(error as Error).message}`, { cause: error });
      } finally {
        client?.release(
          broken !== undefined && !isFaultOfTheStatement((broken as { code?: string }).code ?? "") ? broken : undefined,
        );
      }
    }
  };

  return {
    query: async (sql, values = []) => run(async (client) => rowsOf(client, sql, values)),
    transaction: async (work) =>
      run(async (client) => {
        await client.query("begin");
        try {
          const result = await work(async (sql, values = []) => rowsOf(client, sql, values));
          await client.query("commit");
          return result;
        } catch (error) {
          await client.query("rollback").catch(() => {});
          throw error;
        }
      }),
    close: async () => pool.end(),
  };
}

/**
 * Statements with values are prepared once a connection: parsing and planning ours takes Postgres longer than carrying them out. Those
 * without (migrations) may be several in one text.
 */
async function rowsOf<Row>(client: PoolClient, text: string, values: unknown[]): Promise<Row[]> {
  const result = await client.query(values.length === 0 ? text : { name: nameOf(text), text, values });
  return result.rows as Row[];
}

const names = new Map<string, string>();

function nameOf(sql: string): string {
  let name = names.get(sql);
  if (name === undefined) names.set(sql, (name = createHash("sha256").update(sql).digest("hex").slice(0, 32)));
  return name;
}

/** SQLSTATE classes 22, 23, 42 and 54: data, constraints, syntax, a value too long for its index. They would fail again, on any server. */
function isFaultOfTheStatement(code: string): boolean {
  return /^(22|23|42|54|P0)...$/.test(code);
}

/**
 * Rows as one JSON parameter for `jsonb_to_recordset`: one statement however many rows. NUL and lone surrogates, which mail contains
 * and Postgres refuses, are taken out.
 */
export function asRows(rows: readonly object[]): string {
  return JSON.stringify(rows, (_key, value: unknown) => {
    if (typeof value === "string")
      return value.includes("\0") ? value.replaceAll("\0", "").toWellFormed() : value.toWellFormed();
    return typeof value === "bigint" ? Number(value) : value;
  });
}
