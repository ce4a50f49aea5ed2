import type { DealChange as DealChangeInput, Parents } from "@inlet/crm";

import { activitySubject, effectKey, ok, type EarlyDisposition, type StepResult, type RuleAction } from "@inlet/domain";
import type { Claims } from "./claim-effects.ts";
import { callCrm } from "../crm/call-crm.ts";
import type { DeliveryAttempt } from "../attempt.ts";
import { mayBeRenewed, writeEffect } from "./write-effect.ts";

type DealChange = Omit<DealChangeInput, "recordId">;
type TaskAction = Extract<RuleAction, { kind: "createTask" }>;

/** What a rule wants of the CRM: at most one task, and at most one change of the deal. */
interface RuleWork {
  readonly ruleId: string;
  readonly task: TaskAction | null;
  readonly change: DealChange | null;
}

/** The effects to be claimed for what the rules want. */
export function ruleEffects(
  emailKey: string,
  actions: readonly RuleAction[],
): { effect: "task" | "stage"; key: string }[] {
  return toWorks(actions).flatMap(({ ruleId, task, change }) => {
    const key = effectKey.rule(emailKey, ruleId);
    return [
      ...(task === null ? [] : [{ effect: "task" as const, key }]),
      ...(change === null ? [] : [{ effect: "stage" as const, key }]),
    ];
  });
}

/**
 * Makes the tasks and changes the deal as the rules want, each once an email. It comes before the activity, so that an activity that is
 * confirmed says that the rules are done: a replay does nothing here. What fails for good is a warning: the email itself is written all the same.
 */
export async function writeRules(
  email: DeliveryAttempt,
  claims: Claims,
  actions: readonly RuleAction[],
  links: Parents,
): Promise<StepResult<null>> {
  for (const { ruleId, task, change } of toWorks(actions)) {
    const key = effectKey.rule(email.event.emailKey, ruleId);
    if (task !== null) {
      const outcome = await writeTask(email, claims, key, task, links);
      if (outcome.kind !== "ok" && !passedOver(email, ruleId, "task", outcome)) return outcome;
    }
    if (change !== null && links.dealId === null) {
      email.warnings.push(`rule_without_deal: rule ${ruleId} changes the deal, and the email has none`);
    } else if (change !== null && links.dealId !== null) {
      const outcome = await changeDeal(email, claims, key, links.dealId, change);
      if (outcome.kind !== "ok" && !passedOver(email, ruleId, "deal", outcome)) return outcome;
    }
  }
  return ok(null);
}

async function writeTask(
  email: DeliveryAttempt,
  claims: Claims,
  key: string,
  task: TaskAction,
  links: Parents,
): Promise<StepResult<null>> {
  const claimed = claims.of("task", key);
  if (claimed.state === "confirmed") {
    email.summary.push({ effect: "task", key, recordId: claimed.recordId, created: false });
    return ok(null);
  }
  const { title, dueAt, priority } = task;
  const { replaces = null } = claimed;
  const input = { key, title, text: taskText(email, task), dueAt, priority, ...links, replaces };
  const { write, lookup } = email.crm.adapter.records.task;
  const outcome = await writeEffect(email, "task", key, { write, input, lookup, sought: links });
  if (outcome.kind !== "ok") return outcome;
  email.summary.push({ effect: "task", key, ...outcome.value });
  return ok(null);
}

async function changeDeal(
  email: DeliveryAttempt,
  claims: Claims,
  key: string,
  dealId: string,
  change: DealChange,
): Promise<StepResult<null>> {
  if (claims.of("stage", key).state !== "confirmed") {
    const outcome = await callCrm(
      email,
      "stage",
      email.crm.adapter.records.deal.update,
      { recordId: dealId, ...change },
      { effect: "stage", key },
    );
    if (outcome.kind !== "ok") return outcome;
    if (outcome.value === null) {
      email.effects.notDone("stage", key);
      return { kind: "deadLetter", reason: "crm_rejected", step: "stage", detail: "the deal is gone", gone: "certain" };
    }
    email.warnings.push(...(outcome.value.warnings ?? []));
    email.effects.confirmed("stage", key, { recordId: dealId, created: null });
  }
  email.summary.push({ effect: "stage", key, recordId: dealId, created: null });
  return ok(null);
}

/** Whether the email goes on without it. */
function passedOver(email: DeliveryAttempt, ruleId: string, what: "task" | "deal", outcome: EarlyDisposition): boolean {
  if (outcome.kind !== "deadLetter" || mayBeRenewed(email, outcome)) return false;
  email.warnings.push(`rule_failed: rule ${ruleId}, ${what} (${outcome.detail})`);
  return true;
}

/** By rule, in the order in which they stand first. */
function toWorks(actions: readonly RuleAction[]): RuleWork[] {
  return [...new Set(actions.map(({ ruleId }) => ruleId))].map((ruleId) => {
    const own = actions.filter((action) => action.ruleId === ruleId);
    const stage = own.find((action) => action.kind === "setStage");
    const addTags = own.flatMap((action) =>
      action.kind === "tag" ? [`${action.tag.kind}:${action.tag.value}`.replaceAll(";", ",")] : [],
    );
    return {
      ruleId,
      task: own.find((action) => action.kind === "createTask") ?? null,
      change:
        stage === undefined && addTags.length === 0
          ? null
          : { place: stage === undefined ? null : { pipeline: stage.pipeline, stage: stage.stage }, addTags },
    };
  });
}

function taskText({ event }: DeliveryAttempt, { ruleId }: TaskAction): string {
  const { from } = event;
  const sender = from === null ? "(no sender)" : from.name === null ? from.email : `${from.name} <${from.email}>`;
  return `Email: ${activitySubject(event.subject)}\nFrom: ${sender}\nMade by rule ${ruleId}`;
}
