import type { CallOptions, CallResult, CrmMethod, EffectKind } from "@inlet/crm";
import { fateOf, ok, type Outcome } from "@inlet/delivery";
import { BUFFER_CODE, QUOTA_CODE } from "@inlet/ledger";
import { BUFFER_LOOK_MS, LEASE_MARGIN_MS, MIN_CALL_MS, QUOTA_WAIT_MS, type EmailTry } from "./email-try.ts";

/** The effect that a call writes; calls that only read have none. */
export interface CalledEffect {
  readonly effect: EffectKind;
  readonly key: string;
}

/** What a call needs to know of the try that makes it. */
export type CallTry = Pick<EmailTry, "deps" | "tenant" | "crm" | "effects" | "deadline" | "attempt" | "probe">;

/** The port's method behind each step, for its cost. */
const METHODS = {
  prepare: "prepare",
  contact: "upsertContact",
  "find-company": "findCompany",
  company: "createCompany",
  deal: "createDeal",
  "get-deal": "getDeal",
  activity: "createActivity",
  associate: "updateActivity",
  "update-activity": "updateActivity",
  "read-activity": "readActivity",
  file: "uploadFile",
  task: "createTask",
  stage: "updateDeal",
  "settle-contact": "lookup",
  "settle-company": "lookup",
  "settle-deal": "lookup",
  "settle-activity": "lookup",
  "settle-file": "lookup",
  "settle-task": "lookup",
} as const satisfies Record<string, CrmMethod>;

/**
 * One CRM call within the tenant's quota and behind its circuit, inside the try's deadline (so inside the claim's lease). A fault becomes
 * what it means for the email; a result that may have landed marks the effect unknown. Without a token in time the mail parks: that is no
 * outage, and nothing was called.
 */
export async function callCrm<T>(
  email: CallTry,
  step: keyof typeof METHODS,
  call: (options: CallOptions) => Promise<CallResult<T>>,
  writes?: CalledEffect,
): Promise<Outcome<T>> {
  const { deps, effects, crm } = email;
  // Buffer mode that began during the try ends it: what was written is confirmed, the rest waits.
  if ((await crm.gate()).buffered) return { kind: "park", code: BUFFER_CODE, delayMs: BUFFER_LOOK_MS };
  const taken = await crm.quota.take(crm.adapter.costs?.[METHODS[step]] ?? 1, QUOTA_WAIT_MS);
  if (!taken.ok) return { kind: "park", code: QUOTA_CODE, delayMs: taken.retryInMs };
  const now = deps.now();
  if (email.deadline - now < MIN_CALL_MS) return { kind: "retry", code: "out_of_time", attempt: false, delayMs: 0 };
  const deadline = Math.min(now + email.tenant.crm.timeoutMs, email.deadline);
  if (writes !== undefined) effects.calling(writes.effect, writes.key);
  deps.reach(`before-call:${step}`);
  const answer = await crm.circuit.call(
    async () => call({ deadline }),
    (result) => (result.ok || result.fault.kind !== "outage" ? null : result.fault.code),
    { probe: email.probe },
  );
  deps.reach(`after-call:${step}`);
  if (answer.open) {
    if (writes !== undefined) effects.notDone(writes.effect, writes.key);
    return { kind: "park", code: "circuit_open", delayMs: answer.probeInMs };
  }
  if (answer.result.ok) return ok(answer.result.value);

  const { fault } = answer.result;
  if (writes !== undefined) {
    if (fault.unknown) effects.unknown(writes.effect, writes.key);
    else effects.notDone(writes.effect, writes.key);
  }
  return fateOf(fault, {
    step,
    attempt: email.attempt,
    settleInMs: settleInMs(email, writes, fault.unknown),
    random: deps.random(),
  });
}

/** ms until an unknown write may be looked at: the end of its lease and the adapter's settling time. */
function settleInMs(email: CallTry, writes: CalledEffect | undefined, unknown: boolean): number {
  if (writes === undefined || !unknown) return 0;
  return email.deadline + LEASE_MARGIN_MS + settleMsOf(email, writes.effect) - email.deps.now() + 250;
}

export function settleMsOf(email: Pick<EmailTry, "crm">, effect: EffectKind): number {
  const traits: Partial<Record<EffectKind, { settleMs: number }>> = email.crm.adapter.traits;
  return traits[effect]?.settleMs ?? 0;
}
