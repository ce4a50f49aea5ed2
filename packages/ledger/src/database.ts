import { createHash } from "node:crypto";
import { Pool, types, type PoolClient } from "pg";

/** Postgres is away, starting, or too busy to answer: infrastructure, never the email's fault. */
export class LedgerUnavailableError extends Error {
  override readonly name = "LedgerUnavailableError";
}

/**
 * A statement waited for a row that another connection holds, for longer than a healthy one does. Several tenants' questions in one statement
 * are then asked tenant by tenant, so that only who needs that row waits for it.
 */
export class RowLockedError extends LedgerUnavailableError {}

// bigint columns hold epoch ms, Kafka offsets and counts, all far below 2^53.
const INT8 = 20;

/** Deadlock, serialization failure, and a statement prepared before a migration changed its table, which a new connection prepares anew. */
const PASSING = new Set(["40P01", "40001", "0A000"]);
/** lock_timeout. */
const LOCKED = "55P03";

/**
 * A process that stops in the middle of a transaction (frozen, or its machine is gone) keeps its locks for so long, ms: Postgres ends the
 * session of one that says nothing, and of one whose network no longer takes what is sent. Longer than the slowest acknowledgement of Kafka
 * that the outbox waits for is not needed: what is cut off is published again.
 */
const SILENT_MS = 8_000;
/** How long a statement waits for a locked row before it is asked for again, or taken apart, ms. */
const LOCK_WAIT_MS = 2_000;
/** Rounds of {@link LOCK_WAIT_MS}: beyond SILENT_MS, within the 15 s that a frozen process may hold up anybody. */
const LOCK_ROUNDS = 6;

export interface Database {
  /** Rows of one statement. Deadlocks and serialization failures are retried. Throws {@link LedgerUnavailableError} when Postgres is away. */
  query<Row>(sql: string, values?: unknown[], options?: QueryOptions): Promise<Row[]>;
  /** Runs `work` in one transaction, again from the start after a deadlock. */
  transaction<T>(work: (run: Database["query"]) => Promise<T>, options?: QueryOptions): Promise<T>;
  close(): Promise<void>;
}

export interface QueryOptions {
  /** Throws {@link RowLockedError} at the first locked row instead of waiting until it is free. */
  readonly impatient?: boolean;
}

export interface DatabaseOptions {
  readonly connectionString: string;
  /** Default 8. */
  readonly maxConnections?: number;
  readonly applicationName?: string;
  /** Statements may take as long as they need: for migrations of large tables. */
  readonly patient?: boolean;
}

/** Opens a pool; connects at the first query. A statement is cut off after 12 s, and what it locks is free after {@link SILENT_MS} without a word. */
export function openDatabase(options: DatabaseOptions): Database {
  const pool = new Pool({
    connectionString: options.connectionString,
    max: options.maxConnections ?? 8,
    application_name: options.applicationName ?? "inlet",
    connectionTimeoutMillis: 5_000,
    ...(options.patient === true
      ? {}
      : {
          query_timeout: 15_000,
          statement_timeout: 12_000,
          lock_timeout: LOCK_WAIT_MS,
          idle_in_transaction_session_timeout: SILENT_MS,
        }),
    // Statements of milliseconds are not worth compiling, whatever the planner thinks that half a million rows cost. The rest is ignored on a Unix socket.
    options: `-c jit=off -c tcp_user_timeout=${SILENT_MS} -c tcp_keepalives_idle=4 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=2`,
    keepAlive: true,
    keepAliveInitialDelayMillis: 4_000,
    types: {
      getTypeParser: ((oid: number, format?: "text" | "binary") =>
        oid === INT8 ? Number : types.getTypeParser(oid, format)) as typeof types.getTypeParser,
    },
  });
  // An idle connection that Postgres closes is replaced at the next query; without a listener it would end the process.
  pool.on("error", () => {});
  // So is one that Postgres ends while it is in use: its statement rejects.
  pool.on("connect", (client) => client.on("error", () => {}));

  const run = async <T>(
    work: (client: PoolClient) => Promise<T>,
    { impatient = false }: QueryOptions = {},
  ): Promise<T> => {
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
        if (code === LOCKED) {
          if (!impatient && round < LOCK_ROUNDS) continue;
          throw new RowLockedError("a row of the ledger is locked by somebody who does not go on", { cause: error });
        }
        throw isFaultOfTheStatement(code)
          ? error
          : new LedgerUnavailableError(`the ledger does not answer: ${(error as Error).message}`, { cause: error });
      } finally {
        client?.release(
          broken !== undefined && !leavesConnectionGood((broken as { code?: string }).code ?? "") ? broken : undefined,
        );
      }
    }
  };

  return {
    query: async (sql, values = [], wait = {}) => run(async (client) => queryRows(client, sql, values), wait),
    transaction: async (work, wait = {}) =>
      run(async (client) => {
        await client.query("begin");
        try {
          const result = await work(async (sql, values = []) => queryRows(client, sql, values));
          await client.query("commit");
          return result;
        } catch (error) {
          await client.query("rollback").catch(() => {});
          throw error;
        }
      }, wait),
    close: async () => pool.end(),
  };
}

/** The same database for anyone who would rather ask again, another way, than wait for a locked row. */
export function impatient(database: Database): Database {
  return {
    query: async (sql, values) => database.query(sql, values, { impatient: true }),
    transaction: async (work) => database.transaction(work, { impatient: true }),
    close: async () => database.close(),
  };
}

/**
 * Statements with values are prepared once a connection: parsing and planning ours takes Postgres longer than carrying them out. Those
 * without (migrations) may be several in one text.
 */
async function queryRows<Row>(client: PoolClient, text: string, values: unknown[]): Promise<Row[]> {
  const result = await client.query(values.length === 0 ? text : { name: getStatementName(text), text, values });
  return result.rows as Row[];
}

const names = new Map<string, string>();

function getStatementName(sql: string): string {
  let name = names.get(sql);
  if (name === undefined) names.set(sql, (name = createHash("sha256").update(sql).digest("hex").slice(0, 32)));
  return name;
}

/** The statement failed, and the connection stands as before; a prepared statement that is out of date is dropped with its connection. */
function leavesConnectionGood(code: string): boolean {
  return isFaultOfTheStatement(code) || code === LOCKED || code === "40P01" || code === "40001";
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
