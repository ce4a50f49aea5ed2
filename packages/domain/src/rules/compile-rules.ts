import type { Rule } from "./rule.ts";
import { wordSearch, type WordSearch } from "./word-search.ts";

/** A tenant's rules, ready to be held against emails. */
export interface CompiledRules {
  readonly rules: readonly CompiledRule[];
  /** Every intent that a rule names, each once. */
  readonly intents: readonly string[];
}

/** Which of some address rules a From address meets; null for none. */
export type SenderMatch = (address: string | null) => string | null;

export interface CompiledRule extends Rule {
  /** Null where the rule asks for none. */
  readonly keywords: WordSearch | null;
  readonly patterns: WordSearch | null;
  readonly sender: SenderMatch | null;
}

/** `senders` makes address rules ready (`senderRules` of the mailboxes). Throws on keywords, patterns and senders that are wrong: the tenant's file is checked before. */
export function compileRules(
  rules: readonly Rule[],
  senders: (addressRules: readonly string[]) => SenderMatch,
): CompiledRules {
  return {
    rules: rules.map((rule) => ({
      ...rule,
      keywords: rule.when.keywords === null ? null : wordSearch(rule.when.keywords, []),
      patterns: rule.when.patterns === null ? null : wordSearch([], rule.when.patterns),
      sender: rule.when.senders === null ? null : senders(rule.when.senders),
    })),
    intents: [...new Set(rules.flatMap(({ when }) => when.intents ?? []))],
  };
}
