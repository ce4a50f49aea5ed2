import type { CompiledRules } from "./compile-rules.ts";
import { checkConditions, type ConditionResult } from "./conditions.ts";
import type { IntentFinding } from "./intent-model.ts";
import { TITLE_PLACEHOLDERS } from "./rule.ts";
import type { Rule, RuleEmail, TaskPriority, TitlePlaceholder } from "./rule.ts";
import { searchedTexts } from "./word-search.ts";

/** One thing to be done because a rule holds. */
export type RuleAction =
  | {
      readonly kind: "createTask";
      readonly ruleId: string;
      readonly title: string;
      /** Epoch ms. */
      readonly dueAt: number;
      readonly priority: TaskPriority | null;
    }
  | {
      readonly kind: "setStage";
      readonly ruleId: string;
      readonly stage: string;
      /** Null: the one that the deal is in. */
      readonly pipeline: string | null;
    }
  | { readonly kind: "tag"; readonly ruleId: string; readonly tag: { readonly kind: string; readonly value: string } }
  /** `notice`: the name of one of the tenant's notices. */
  | { readonly kind: "notify"; readonly ruleId: string; readonly notice: string };

export interface RuleResult {
  readonly ruleId: string;
  readonly held: boolean;
  /** In a fixed order: what is known of the email first, what is searched for last. */
  readonly conditions: readonly ConditionResult[];
  /** Empty unless the rule holds. */
  readonly actions: readonly RuleAction[];
}

const LONGEST_TITLE = 250;
const PLACEHOLDER = new RegExp(`\\{(${TITLE_PLACEHOLDERS.join("|")})\\}`, "g");

/**
 * Which rules an email meets, why, and what follows, in the order of the tenant's file. Pure: `intents` are those that the email has, as an
 * IntentModel found them; `now` is the moment that due dates count from, epoch ms.
 *
 * Where several rules that hold set a stage, the first one's counts: a deal stands in one stage.
 */
export function evaluateRules(
  email: RuleEmail & { readonly intents: readonly IntentFinding[] },
  { rules }: CompiledRules,
  now: number,
): RuleResult[] {
  const sight = { email, texts: rules.length === 0 ? [] : searchedTexts(email), intents: email.intents };
  let staged = false;
  return rules.map((rule) => {
    const conditions = checkConditions(rule, sight);
    const held = conditions.every((condition) => condition.held);
    const actions = held ? buildActions(rule, email, now).filter(({ kind }) => !(kind === "setStage" && staged)) : [];
    staged ||= actions.some(({ kind }) => kind === "setStage");
    return { ruleId: rule.id, held, conditions, actions };
  });
}

function buildActions({ id: ruleId, actions: wanted }: Rule, email: RuleEmail, now: number): RuleAction[] {
  const actions: RuleAction[] = [];
  if (wanted.createTask !== null) {
    const { title, dueInMs, priority } = wanted.createTask;
    actions.push({ kind: "createTask", ruleId, title: buildTitle(title, email), dueAt: now + dueInMs, priority });
  }
  if (wanted.setStage !== null) actions.push({ kind: "setStage", ruleId, ...wanted.setStage });
  if (wanted.tag !== null) actions.push({ kind: "tag", ruleId, tag: wanted.tag });
  if (wanted.notify !== null) actions.push({ kind: "notify", ruleId, notice: wanted.notify });
  return actions;
}

/** One line, whatever the email holds. */
function buildTitle(template: string, { subject, from, contact, mailbox }: RuleEmail): string {
  const values: Readonly<Record<TitlePlaceholder, string>> = {
    subject: subject?.trim() === "" ? "(no subject)" : (subject ?? "(no subject)"),
    sender: contact?.email ?? from?.email ?? "(no sender)",
    mailbox: mailbox ?? "(no mailbox)",
  };
  return template
    .replaceAll(PLACEHOLDER, (_whole, name: TitlePlaceholder) => values[name])
    .replaceAll(/[\s\p{Cc}]+/gu, " ")
    .trim()
    .slice(0, LONGEST_TITLE)
    .toWellFormed();
}
