import type { BatchedMethod, BatchRows, CallOptions, CallResult, CrmMethod, EffectKind } from "@inlet/crm";
import { ok, type Outcome } from "@inlet/domain";
import { BUFFER_CODE, QUOTA_CODE } from "@inlet/ledger";
import { callOutcome, type CallEnd } from "./batch-calls.ts";
import { BUFFER_LOOK_MS, LEASE_MARGIN_MS, MIN_CALL_MS, quotaWaitMs } from "../limits.ts";
import type { EmailTry } from "../attempt.ts";
import type { CallTry } from "./call-try.ts";
import { fateOfCall } from "./call-disposition.ts";

/** The effect that a call writes; calls that only read have none. */
export interface CalledEffect {
  readonly effect: EffectKind;
  readonly key: string;
}

/** The port's method behind each step, for its cost. */
const METHODS = {
  prepare: "prepare",
  contact: "upsertContact",
  "find-contact": "lookup",
  "find-contact-by-phone": "findContactByPhone",
  "find-company": "findCompany",
  company: "createCompany",
  deal: "createDeal",
  "get-deal": "getDeal",
  "find-sent-message": "findSentMessage",
  activity: "createActivity",
  associate: "updateActivity",
  "update-activity": "updateActivity",
  "read-activity": "readActivity",
  file: "uploadFile",
  task: "createTask",
  stage: "updateDeal",
  "tag-deal": "updateDeal",
  "where-is": "whereIs",
  account: "account",
  "settle-contact": "lookup",
  "settle-company": "lookup",
  "settle-deal": "lookup",
  "settle-activity": "lookup",
  "settle-file": "lookup",
  "settle-task": "lookup",
} as const satisfies Record<string, CrmMethod>;

/** A call of a method that some CRMs take many at a time, by what it is about: so it can go together with other emails' calls. */
export interface MethodCall<M extends BatchedMethod = BatchedMethod> {
  readonly method: M;
  readonly input: BatchRows[M]["input"];
}

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
  return whatBecameOf(email, step, writes, async (begin) => callAlone(email, step, METHODS[step], call, begin));
}

/** As {@link callCrm}; where the CRM takes such calls many at a time, together with those that other emails make meanwhile. */
export async function callMethod<M extends BatchedMethod>(
  email: CallTry,
  step: keyof typeof METHODS,
  { method, input }: MethodCall<M>,
  writes?: CalledEffect,
): Promise<Outcome<BatchRows[M]["value"]>> {
  type Value = BatchRows[M]["value"];
  const { adapter, batches } = email.crm;
  return whatBecameOf<Value>(email, step, writes, async (begin) => {
    // What failed together is tried alone: no other's fate hangs on it.
    if (batches.has(method) && !email.alone)
      return batches.call({ step, method, input, key: writes?.key ?? null, deadline: email.deadline, begin });
    const alone = adapter[method].bind(adapter) as (
      of: typeof input,
      options: CallOptions,
    ) => Promise<CallResult<Value>>;
    return callAlone(email, step, method, async (options) => alone(input, options), begin);
  });
}

async function callAlone<T>(
  email: CallTry,
  step: keyof typeof METHODS,
  method: CrmMethod,
  call: (options: CallOptions) => Promise<CallResult<T>>,
  begin: () => void,
): Promise<CallEnd<T>> {
  const { deps, crm, tenant, deadline } = email;
  const cost = crm.adapter.costs?.[method] ?? 1;
  const patienceMs = quotaWaitMs(tenant.crm.quota, cost, email.begun);
  const token = await crm.quota.take(
    cost,
    Math.min(patienceMs, Math.max(0, deadline - deps.monotonic() - MIN_CALL_MS)),
  );
  if (!token.ok) return { kind: "no-token", retryInMs: token.retryInMs };
  const now = deps.monotonic();
  if (deadline - now < MIN_CALL_MS) return { kind: "late" };
  begin();
  const answer = await crm.circuit.call(
    step,
    async () => call({ deadline: Math.min(now + tenant.crm.timeoutMs, deadline) }),
    callOutcome,
  );
  return answer.open ? { kind: "open", probeInMs: answer.probeInMs } : { kind: "answered", result: answer.result };
}

async function whatBecameOf<T>(
  email: CallTry,
  step: keyof typeof METHODS,
  writes: CalledEffect | undefined,
  call: (begin: () => void) => Promise<CallEnd<T>>,
): Promise<Outcome<T>> {
  const { deps, effects, crm } = email;
  // Buffer mode that began during the try ends it: what was written is confirmed, the rest waits.
  if ((await crm.gate()).buffered) return { kind: "park", code: BUFFER_CODE, delayMs: BUFFER_LOOK_MS };
  const end = await call(() => {
    if (writes !== undefined) effects.calling(writes.effect, writes.key);
    email.begun = true;
    deps.reach(`before-call:${step}`);
  });
  const notDone = (): void => {
    if (writes !== undefined) effects.notDone(writes.effect, writes.key);
  };
  switch (end.kind) {
    case "buffered":
      notDone();
      return { kind: "park", code: BUFFER_CODE, delayMs: BUFFER_LOOK_MS };
    case "no-token":
      notDone();
      return { kind: "park", code: QUOTA_CODE, delayMs: end.retryInMs };
    case "late":
      notDone();
      return { kind: "retry", code: "out_of_time", attempt: false, delayMs: 0 };
    case "open":
      deps.reach(`after-call:${step}`);
      notDone();
      return { kind: "park", code: "circuit_open", delayMs: end.probeInMs };
    case "answered":
      deps.reach(`after-call:${step}`);
      break;
  }
  if (end.result.ok) return ok(end.result.value);

  const { fault } = end.result;
  if (writes !== undefined && fault.unknown) effects.unknown(writes.effect, writes.key);
  else notDone();
  return fateOfCall(email, step, fault, settleInMs(email, writes, fault.unknown));
}

/** ms until an unknown write may be looked at: the end of its lease and the adapter's settling time. */
function settleInMs(email: CallTry, writes: CalledEffect | undefined, unknown: boolean): number {
  if (writes === undefined || !unknown) return 0;
  return email.deadline + LEASE_MARGIN_MS + settleMsOf(email, writes.effect) - email.deps.monotonic() + 250;
}

export function settleMsOf(email: Pick<EmailTry, "crm">, effect: EffectKind): number {
  const traits: Partial<Record<EffectKind, { settleMs: number }>> = email.crm.adapter.traits;
  return traits[effect]?.settleMs ?? 0;
}
