import type { CallFault, CallOptions, CallResult } from "@inlet/crm";

/** Whether a tenant's CRM answers at all. */
export type CrmAnswer =
  | { readonly ok: true }
  | {
      readonly ok: false;
      readonly fault: CallFault;
      /** No one has been told of this ping before. */ readonly fresh: boolean;
    };

/** What a ping said is trusted for so long, ms. */
const FRESH_MS = 1_000;

/** A ping that takes longer is no answer, ms. */
export const PING_MS = 5_000;

/**
 * Asks the CRM whether it answers: once, however many emails want to know within a second. `now` is a clock that never goes back, ms.
 */
export function createCrmAnswers(
  ping: (options: CallOptions) => Promise<CallResult<null>>,
  now: () => number,
): () => Promise<CrmAnswer> {
  let asked: Promise<CallResult<null>> | null = null;
  let until = Number.POSITIVE_INFINITY;
  return async () => {
    const fresh = asked === null || now() >= until;
    if (fresh || asked === null) {
      until = Number.POSITIVE_INFINITY;
      asked = ping({ deadline: now() + PING_MS }).finally(() => {
        until = now() + FRESH_MS;
      });
    }
    const answer = await asked;
    // Whatever the CRM has against the ping itself: it answered.
    return answer.ok || answer.fault.kind !== "outage" ? { ok: true } : { ok: false, fault: answer.fault, fresh };
  };
}
