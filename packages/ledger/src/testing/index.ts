export type { Database } from "../database.ts";
export { ledgerOn } from "../ledger.ts";
export { age, DAY_MS, momentsIn } from "./age.ts";
export { openMemoryDatabase } from "./memory-database.ts";
