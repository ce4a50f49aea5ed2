import type { Database } from "./database.ts";

/**
 * A database that answers as the real one and keeps nothing: each statement, and each transaction, is carried out and taken back at once, with
 * its locks. So a dry run asks the very questions of the real run, in the same words.
 */
export function withoutWriting(database: Database): Database {
  const takeBack: Database["transaction"] = async (work, options) =>
    database.transaction(async (query) => {
      await query("savepoint dry");
      const answer = await work(query);
      await query("rollback to savepoint dry");
      return answer;
    }, options);
  return {
    query: async (sql, values, options) => takeBack(async (query) => query(sql, values), options),
    transaction: takeBack,
    close: async () => database.close(),
  };
}
