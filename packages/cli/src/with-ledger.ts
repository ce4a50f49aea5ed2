import { readEnvironment } from "@inlet/config";
import { openLedger, type Ledger } from "@inlet/ledger";
import { operatorEnvironment, type CliContext } from "./context.ts";

/** Opens the ledger for one command, and closes it whatever comes. */
export async function withLedger<T>(
  context: CliContext,
  name: string,
  work: (ledger: Ledger) => Promise<T>,
): Promise<T> {
  const { databaseUrl } = readEnvironment(operatorEnvironment(context), ["database"]);
  const ledger = openLedger({ connectionString: databaseUrl, applicationName: `inlet ${name}` });
  try {
    return await work(ledger);
  } finally {
    await ledger.close();
  }
}
