export type { Database } from "../src/database.ts";
export { ledgerOn } from "../src/ledger.ts";
export { age, DAY_MS, momentsIn } from "./age.ts";
export { openMemoryDatabase } from "./memory-database.ts";
export { withoutWriting } from "../src/without-writing.ts";
