export { tryRules } from "./try-rules.ts";
export type { RulesDryRun } from "./try-rules.ts";
export { tryEmail } from "./try-email.ts";
export type { TriedEmail, TryJob } from "./try-email.ts";
export { createTryPool } from "./try-pool.ts";
export type { TryFault, TryPool } from "./try-pool.ts";
