import type { CallOptions, CallResult, Written, WrittenEffect } from "@inlet/crm";
import { deadLetter, ok, type Ending, type Outcome } from "@inlet/domain";
import { metrics } from "@inlet/telemetry";
import { callCrm, callMethod, type MethodCall } from "../crm/call-crm.ts";
import type { EmailTry } from "../attempt.ts";

/**
 * Writes an effect whose claim was won, once. Where an earlier owner may have written it, the adapter's declared way decides first:
 * `upsert-by-key` sends again, `consistent-lookup` looks for the record by its key, `none` leaves it to an operator (PROTOCOL.md 4).
 */
export async function writeEffect(
  email: EmailTry,
  effect: WrittenEffect,
  key: string,
  write:
    | ((options: CallOptions) => Promise<CallResult<Written>>)
    | MethodCall<"upsertContact" | "createDeal" | "createActivity">,
  desired: Record<string, string> = {},
  /** Of a file: some CRMs find files by their path only. */
  filename?: string,
): Promise<Outcome<Written>> {
  const { effects, crm } = email;
  if (effects.mustSettle(effect, key)) {
    const how = crm.adapter.traits[effect].settle;
    if (how === "none") {
      // Which one it is stays known, though a later email may take the claim over.
      email.evidence["unknown"] = [{ crm: crm.key, effect, key }];
      return deadLetter("outcome_unknown", effect, `${crm.kind} cannot tell whether the ${effect} was written`);
    }
    if (how === "consistent-lookup") {
      const found = await callCrm(email, `settle-${effect}`, async (options) =>
        crm.adapter.lookup(effect, key, filename === undefined ? options : { ...options, filename }),
      );
      if (found.kind !== "ok") return found;
      if (found.value !== null) {
        const written = { recordId: found.value.recordId, created: null };
        effects.confirmed(effect, key, written, desired);
        metrics.effects.inc({ crm: crm.kind, effect, result: "settled" });
        return ok(written);
      }
    }
  }
  const writes = { effect, key };
  const outcome =
    typeof write === "function"
      ? await callCrm(email, effect, write, writes)
      : await callMethod(email, effect, write, writes);
  metrics.effects.inc({ crm: crm.kind, effect, result: outcome.kind === "ok" ? "confirmed" : "failed" });
  if (outcome.kind === "ok") {
    const { recordId, created, warnings = [] } = outcome.value;
    effects.confirmed(effect, key, { recordId, created }, desired);
    email.warnings.push(...warnings);
    return ok({ recordId, created });
  }
  return outcome;
}

/** Whether a refusal is to be looked into first: what the record was to be tied to may be gone, and is written once more (renew-gone.ts). */
export function mayBeRenewed(email: EmailTry, outcome: Extract<Ending, { kind: "deadLetter" }>): boolean {
  return outcome.gone !== undefined && !email.renewed;
}
