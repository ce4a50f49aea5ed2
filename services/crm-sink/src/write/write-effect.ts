import type { Found, Lookup, Operation, RecordName, Written } from "@inlet/crm";
import { deadLetter, ok, type EarlyDisposition, type StepResult } from "@inlet/domain";
import { metrics } from "@inlet/telemetry";
import { callCrm } from "../crm/call-crm.ts";
import type { DeliveryAttempt } from "../attempt.ts";

/** What of a record is written, and how it is found where it may have been written before. */
export interface EffectWrite<Input, Sought extends Lookup> {
  readonly write: Operation<Input, Written>;
  readonly input: Input;
  readonly lookup: Operation<Sought, Found>;
  /** What a look-up needs beside the key: the parents that it lies under, the name of a file. */
  readonly sought: Omit<Sought, keyof Lookup>;
  /** For the ledger; from what the CRM stored instead, where it says so. */
  readonly desired?: (stored: Readonly<Record<string, string>>) => Record<string, string>;
}

/**
 * Writes an effect whose claim was won, once. Where an earlier owner may have written it, the adapter's declared way decides first:
 * `upsert-by-key` sends again, `consistent-lookup` looks for the record by its key, `none` leaves it to an operator (docs/concepts/protocol.md, section 4).
 */
export async function writeEffect<Input, Sought extends Lookup>(
  email: DeliveryAttempt,
  effect: RecordName,
  key: string,
  { write, input, lookup, sought, desired = () => ({}) }: EffectWrite<Input, Sought>,
): Promise<StepResult<Omit<Written, "warnings">>> {
  const { effects, crm } = email;
  if (effects.mustSettle(effect, key)) {
    const { how } = crm.adapter.records[effect].settle;
    if (how === "none") return outcomeUnknown(email, effect, key);
    if (how === "consistent-lookup") {
      const asked = { ...sought, key, since: effects.claimedSince(effect, key) } as unknown as Sought;
      const found = await callCrm(email, `settle-${effect}`, lookup, asked);
      // Lists that lag for longer than there are attempts never told: it may be there.
      if (found.kind === "deadLetter" && found.reason === "retries_exhausted")
        return outcomeUnknown(email, effect, key);
      if (found.kind !== "ok") return found;
      if (found.value !== null) {
        const written = { recordId: found.value.recordId, created: null };
        effects.confirmed(effect, key, written, desired({}));
        metrics.effects.inc({ crm: crm.kind, effect, result: "settled" });
        return ok(written);
      }
    }
  }
  const outcome = await callCrm(email, effect, write, input, { effect, key });
  metrics.effects.inc({ crm: crm.kind, effect, result: outcome.kind === "ok" ? "confirmed" : "failed" });
  if (outcome.kind === "ok") {
    const { recordId, created, warnings = [], stored = {} } = outcome.value;
    effects.confirmed(effect, key, { recordId, created }, desired(stored));
    email.warnings.push(...warnings);
    email.changes.push({ record: effect, field: null, from: null, to: key, result: "new" });
    return ok({ recordId, created });
  }
  return outcome;
}

/** Which one it is stays known, though a later email may take the claim over. */
function outcomeUnknown(email: DeliveryAttempt, effect: RecordName, key: string): StepResult<never> {
  const { crm, evidence } = email;
  evidence["unknown"] = [{ crm: crm.key, effect, key }];
  return deadLetter("outcome_unknown", effect, `${crm.kind} cannot tell whether the ${effect} was written`);
}

/** Whether a refusal is to be looked into first: what the record was to be tied to may be gone, and is written once more (renew-gone.ts). */
export function mayBeRenewed(
  email: DeliveryAttempt,
  outcome: Extract<EarlyDisposition, { kind: "deadLetter" }>,
): boolean {
  return outcome.gone !== undefined && !email.renewed;
}
