import type { RuleEmail } from "./rule.ts";
import type { WordEvidence } from "./word-search.ts";

/** An intent that an email has, and what tells so. */
export interface IntentFinding {
  readonly intent: string;
  /** Empty where a model cannot say. */
  readonly words: readonly WordEvidence[];
}

/**
 * What people want, by name. Rules ask it for the intents that they name, once an email and before anything is written; the tenant's words
 * (`wordIntents`) answer it today, and a model can take their place or stand behind them (docs/guides/rules.md).
 *
 * Contract: the answer holds names of `asked` only, each at most once; the same email gets the same answer, since an email is tried again
 * after a fault; it never rejects: a model that cannot answer in time leaves the intent out or falls back to words, for an email must not
 * wait for an opinion; nothing of the email is logged.
 */
export interface IntentModel {
  findIntents(email: RuleEmail, asked: readonly string[]): Promise<readonly IntentFinding[]>;
}
