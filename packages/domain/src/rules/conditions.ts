import type { CompiledRule } from "./compile-rules.ts";
import type { IntentFinding } from "./intent-model.ts";
import type { RuleEmail } from "./rule.ts";
import type { SearchedText } from "./searched-text.ts";
import { findWords, type WordEvidence } from "./word-search.ts";

export type ConditionName =
  | "class"
  | "mailbox"
  | "sender"
  | "tags"
  | "hasAttachments"
  | "isReply"
  | "keywords"
  | "pattern"
  | "intent";

/** Whether one condition of a rule held, and what of the email says so. */
export interface ConditionResult {
  readonly condition: ConditionName;
  readonly held: boolean;
  /** What the email has: its class, its mailbox, the sender's rule that is met, its tags, how many attachments; null where it has none. */
  readonly found: string | null;
  /** Of keywords, pattern and intent. */
  readonly words: readonly WordEvidence[];
}

export interface EmailSight {
  readonly email: RuleEmail;
  readonly texts: readonly SearchedText[];
  readonly intents: readonly IntentFinding[];
}

/** Every condition that the rule has, whether or not an earlier one failed: a dry run shows all of them. */
export function checkConditions(rule: CompiledRule, { email, texts, intents }: EmailSight): ConditionResult[] {
  const { when } = rule;
  const results: ConditionResult[] = [];
  const add = (
    condition: ConditionName,
    held: boolean,
    found: string | null,
    words: readonly WordEvidence[] = [],
  ): void => void results.push({ condition, held, found, words });

  const kind = getClass(email);
  add("class", when.classes.includes(kind), kind);
  if (when.mailboxes !== null) add("mailbox", when.mailboxes.includes(email.mailbox ?? ""), email.mailbox);
  if (rule.sender !== null) {
    // Who writes, and who is in From: a rule may be about the customer, or about the form that sends customers' words.
    const met = rule.sender(email.contact?.email ?? null) ?? rule.sender(email.from?.email ?? null);
    add("sender", met !== null, met);
  }
  if (when.tags !== null) {
    const met = email.addressTags.find((tag) =>
      when.tags?.some(
        ({ kind: wanted, value }) => same(tag.kind, wanted) && (value === null || same(tag.value, value)),
      ),
    );
    add("tags", met !== undefined, met === undefined ? null : `${met.kind}: ${met.value}`);
  }
  if (when.hasAttachments !== null) {
    const count = email.attachments.filter(({ inline }) => !inline).length;
    add("hasAttachments", count > 0 === when.hasAttachments, String(count));
  }
  if (when.isReply !== null) {
    const answers = email.inReplyTo !== null || email.references.length > 0;
    add("isReply", answers === when.isReply, answers ? "answers another email" : "answers none");
  }
  for (const [condition, search] of [
    ["keywords", rule.keywords],
    ["pattern", rule.patterns],
  ] as const) {
    if (search === null) continue;
    const words = findWords(search, texts);
    add(condition, words.length > 0, null, words);
  }
  if (when.intents !== null) {
    const met = intents.filter(({ intent }) => when.intents?.includes(intent));
    const names = met.map(({ intent }) => intent).join(", ");
    const words = met.flatMap((finding) => finding.words);
    add("intent", met.length > 0, met.length === 0 ? null : names, words);
  }
  return results;
}

/** A spam verdict counts before the class: spam that looks like a person's mail is no person's mail to a rule. */
function getClass({ classification, spamVerdict }: RuleEmail): string {
  return spamVerdict === "spam" ? "spam" : classification.kind;
}

function same(left: string, right: string): boolean {
  return left.normalize("NFC").toLowerCase() === right.normalize("NFC").toLowerCase();
}
