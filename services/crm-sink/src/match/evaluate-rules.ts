import type { TenantConfig } from "@inlet/config";
import { compileRules, evaluateRules, wordIntents, type CompiledRules, type IntentModel } from "@inlet/domain";
import type { RuleAction, RuleResult } from "@inlet/domain";
import { senderRules } from "@inlet/mailboxes";
import type { DeliveryAttempt } from "../attempt.ts";

/** Rules of a tenant's file made ready once, until the file changes. */
const ready = new WeakMap<TenantConfig, { readonly rules: CompiledRules; readonly intents: IntentModel }>();

/**
 * What the tenant's rules want of this email (WR7), in the file's order; the rules that are met stand in the evidence. Due dates count from
 * the moment that the gateway took the email, so that a retry wants the same.
 */
export async function evaluateEmailRules(email: DeliveryAttempt): Promise<readonly RuleAction[]> {
  const { event, tenant, facts } = email;
  if (tenant.rules.length === 0) return [];
  const { rules, intents } = readyRules(tenant);
  const seen = { ...event, replyText: await facts.replyText() };
  const found = rules.intents.length === 0 ? [] : await intents.findIntents(seen, rules.intents);
  const met = evaluateRules({ ...seen, intents: found }, rules, event.receivedAt).filter(({ held }) => held);
  if (met.length > 0) email.evidence["rules"] = met.map(buildEvidence);
  return met.flatMap(({ actions }) => actions);
}

function readyRules(tenant: TenantConfig): { readonly rules: CompiledRules; readonly intents: IntentModel } {
  let made = ready.get(tenant);
  if (made === undefined) {
    made = { rules: compileRules(tenant.rules, senderRules), intents: wordIntents(tenant.intents) };
    ready.set(tenant, made);
  }
  return made;
}

/** The tenant's own words and what is known of the email; nothing that the sender wrote. */
function buildEvidence({ ruleId, conditions, actions }: RuleResult): object {
  return {
    rule: ruleId,
    because: conditions.map(({ condition, words }) => ({
      condition,
      ...(words.length === 0 ? {} : { words: words.map(({ asked }) => asked) }),
    })),
    actions: actions.map(({ kind }) => kind),
  };
}
