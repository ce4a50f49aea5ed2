/**
 * A process for the tests of what another does meanwhile: it begins one of the ledger's transactions, says so once a statement of it is
 * done, and goes no further. The test freezes it then. `frozen-process.ts TRANSACTION TENANT`, with DATABASE_URL.
 */
import { openDatabase, type Database } from "../src/database.ts";
import { ledgerOn } from "../src/ledger.ts";
import { TRANSACTIONS, type TransactionName } from "./transactions.ts";

const [name, tenant] = process.argv.slice(2) as [TransactionName, string];
const database = openDatabase({ connectionString: String(process.argv[4]), maxConnections: 2 });
const stopping: Database = {
  ...database,
  transaction: async (work) =>
    database.transaction(async (query) =>
      work(async (sql, values) => {
        const rows = await query<never>(sql, values);
        process.stdout.write("inside\n");
        await new Promise(() => {});
        return rows;
      }),
    ),
};
// Keeps the process alive while it stands still.
setInterval(() => {}, 60_000);
await TRANSACTIONS[name](ledgerOn(stopping), tenant);
