import type { EffectKind, Operation, RecordName } from "@inlet/crm";
import { ok, type StepResult } from "@inlet/domain";
import { BUFFER_CODE, QUOTA_CODE } from "@inlet/ledger";
import { callOutcome, type CallEnd } from "./batch-calls.ts";
import { BUFFER_LOOK_MS, LEASE_MARGIN_MS, MIN_CALL_MS, quotaWaitMs } from "../limits.ts";
import type { DeliveryAttempt } from "../attempt.ts";
import type { CallAttempt } from "./call-attempt.ts";
import { toCallDisposition } from "./call-disposition.ts";

/** The effect that a call writes; calls that only read have none. */
export interface CalledEffect {
  readonly effect: EffectKind;
  readonly key: string;
}

/** What a call is for: the operation that the circuit watches, and the failpoint. */
export type CallStep =
  | RecordName
  | `settle-${RecordName}`
  | "prepare"
  | "account"
  | "find-contact"
  | "find-contact-by-phone"
  | "find-company"
  | "get-deal"
  | "find-sent-message"
  | "associate"
  | "update-activity"
  | "read-activity"
  | "stage"
  | "tag-deal"
  | "where-is";

/**
 * One CRM call within the tenant's quotas and behind its circuit, inside the try's deadline (so inside the claim's lease); where the CRM takes
 * such calls many at a time, together with those that other emails make meanwhile. A fault becomes what it means for the email; a result that
 * may have landed marks the effect unknown. Without a token in time the mail parks: that is no outage, and nothing was called.
 */
export async function callCrm<Input, Value>(
  email: CallAttempt,
  step: CallStep,
  operation: Operation<Input, Value>,
  input: Input,
  writes?: CalledEffect,
): Promise<StepResult<Value>> {
  const replay = email.incoming?.from === "kafka" ? email.incoming.replay : undefined;
  return toStepResult<Value>(email, step, writes, async (starts) => {
    const begin = (): void => {
      starts();
      replay?.charge(operation.cost);
    };
    // What failed together is tried alone: no other's fate hangs on it.
    return operation.batch !== undefined && !email.isolated
      ? email.crm.batches.call({ step, operation, input, key: writes?.key ?? null, deadline: email.deadline, begin })
      : callAlone(email, step, operation, input, begin);
  });
}

async function callAlone<Input, Value>(
  email: CallAttempt,
  step: CallStep,
  operation: Operation<Input, Value>,
  input: Input,
  begin: () => void,
): Promise<CallEnd<Value>> {
  const { deps, crm, tenant, deadline } = email;
  const inTime = Math.max(0, deadline - deps.monotonic() - MIN_CALL_MS);
  const token = await crm.quotas.take(operation.cost, (quota, amount) =>
    Math.min(isReplay(email) ? inTime : quotaWaitMs(quota, amount, email.begun), inTime),
  );
  if (!token.ok) return { kind: "no-token", retryInMs: token.retryInMs };
  const now = deps.monotonic();
  if (deadline - now < MIN_CALL_MS) return { kind: "late" };
  begin();
  const answer = await crm.circuit.call(
    step,
    async () => operation(input, { deadline: Math.min(now + tenant.crm.timeoutMs, deadline) }),
    callOutcome,
  );
  return answer.open ? { kind: "open", probeInMs: answer.probeInMs } : { kind: "answered", result: answer.result };
}

async function toStepResult<T>(
  email: CallAttempt,
  step: CallStep,
  writes: CalledEffect | undefined,
  call: (begin: () => void) => Promise<CallEnd<T>>,
): Promise<StepResult<T>> {
  const { deps, effects, crm } = email;
  // Buffer mode that began during the try ends it: what was written is confirmed, the rest waits.
  if ((await crm.gate()).buffered) return { kind: "park", code: BUFFER_CODE, delayMs: BUFFER_LOOK_MS };
  const end = await call(() => {
    if (writes !== undefined) effects.calling(writes.effect, writes.key);
    email.begun = true;
    deps.failpoint(`before-call:${step}`);
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
      // Parked for the quota, a replay's email would stand before live mail.
      return isReplay(email)
        ? { kind: "retry", code: "out_of_time", attempt: null, delayMs: end.retryInMs }
        : { kind: "park", code: QUOTA_CODE, delayMs: end.retryInMs };
    case "late":
      notDone();
      return { kind: "retry", code: "out_of_time", attempt: null, delayMs: 0 };
    case "open":
      deps.failpoint(`after-call:${step}`);
      notDone();
      return { kind: "park", code: "circuit_open", delayMs: end.probeInMs };
    case "answered":
      deps.failpoint(`after-call:${step}`);
      break;
  }
  if (end.result.ok) return ok(end.result.value);

  const { fault } = end.result;
  if (writes !== undefined && fault.unknown) effects.unknown(writes.effect, writes.key);
  else notDone();
  return toCallDisposition(email, step, fault, settleInMs(email, writes, fault.unknown));
}

function isReplay({ incoming }: CallAttempt): boolean {
  return incoming?.from === "kafka" && incoming.replay !== undefined;
}

/** ms until an unknown write may be looked at: the end of its lease and the adapter's settling time. */
function settleInMs(email: CallAttempt, writes: CalledEffect | undefined, unknown: boolean): number {
  if (writes === undefined || !unknown) return 0;
  return email.deadline + LEASE_MARGIN_MS + getSettleMs(email, writes.effect) - email.deps.monotonic() + 250;
}

/** A deal's change is settled as its deal is. */
export function getSettleMs({ crm }: Pick<DeliveryAttempt, "crm">, effect: EffectKind): number {
  if (effect === "notice") return 0;
  return crm.adapter.records[effect === "stage" ? "deal" : effect].settle.afterMs;
}
