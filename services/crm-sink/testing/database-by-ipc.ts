import type { ChildProcess } from "node:child_process";
import process from "node:process";
import type { Database } from "@inlet/ledger/testing";

/** A test's database for processes that it starts: they may die in the middle of a transaction, as of a connection to Postgres. */
interface Ask {
  readonly database: "query" | "begin" | "commit" | "rollback";
  readonly id: number;
  /** The transaction that it belongs to. */
  readonly within: number | null;
  readonly sql?: string;
  readonly values?: unknown[] | undefined;
}
type Answer =
  | { readonly answers: number; readonly rows: unknown[] }
  | { readonly answers: number; readonly error: string };

/** In the test's process: answers what the child asks. What the child had begun and not committed when it ends is rolled back. */
export function serveDatabase(child: ChildProcess, database: Database): void {
  const open = new Map<number, { readonly run: Database["query"]; readonly end: PromiseWithResolvers<void> }>();
  let gone = false;
  const begin = async (id: number): Promise<void> => {
    const begun = Promise.withResolvers<void>();
    void database
      .transaction(async (run) => {
        // It may have died while the transaction waited for its turn.
        if (gone) throw new Error("the process is gone");
        const end = Promise.withResolvers<void>();
        open.set(id, { run, end });
        begun.resolve();
        await end.promise;
      })
      .catch(begun.reject);
    return begun.promise;
  };
  const answer = async ({ database: kind, id, within, sql = "", values }: Ask): Promise<unknown[]> => {
    const transaction = within === null ? undefined : open.get(within);
    if (kind === "query") return transaction === undefined ? database.query(sql, values) : transaction.run(sql, values);
    if (kind === "begin") await begin(id);
    else if (kind === "commit") transaction?.end.resolve();
    else transaction?.end.reject(new Error("rolled back"));
    return [];
  };
  child.on("message", (message) => {
    if (!("database" in (message as object))) return;
    const ask = message as Ask;
    void answer(ask)
      .then(
        (rows): Answer => ({ answers: ask.id, rows }),
        (error: unknown): Answer => ({ answers: ask.id, error: (error as Error).message }),
      )
      .then((said) => child.connected && child.send(said, () => {}));
  });
  child.once("close", () => {
    gone = true;
    for (const { end } of open.values()) end.reject(new Error("the process is gone"));
  });
}

/** In the child: the database of the process that started it. */
export function parentDatabase(): Database {
  const asked = new Map<number, PromiseWithResolvers<unknown[]>>();
  let last = 0;
  process.on("message", (message) => {
    if (!("answers" in (message as object))) return;
    const answer = message as Answer;
    const waiting = asked.get(answer.answers);
    asked.delete(answer.answers);
    if ("error" in answer) waiting?.reject(new Error(answer.error));
    else waiting?.resolve(answer.rows);
  });
  const ask = async (ask: Omit<Ask, "id">): Promise<{ id: number; rows: unknown[] }> => {
    const id = ++last;
    const waiting = Promise.withResolvers<unknown[]>();
    asked.set(id, waiting);
    process.send?.({ ...ask, id } satisfies Ask, () => {});
    return { id, rows: await waiting.promise };
  };
  const queryWithin =
    (within: number | null): Database["query"] =>
    async <Row>(sql: string, values?: unknown[]) =>
      (await ask({ database: "query", within, sql, values })).rows as Row[];
  return {
    query: queryWithin(null),
    transaction: async (work) => {
      const { id } = await ask({ database: "begin", within: null });
      try {
        const answer = await work(queryWithin(id));
        await ask({ database: "commit", within: id });
        return answer;
      } catch (error) {
        await ask({ database: "rollback", within: id });
        throw error;
      }
    },
    close: async () => {},
  };
}
