import type { ReferredRecordName } from "@inlet/crm";
import { effectKey, toDisposition, ok, type EarlyDisposition, type StepResult } from "@inlet/domain";
import type { AttachmentInfo } from "@inlet/schemas";
import { callCrm, getSettleMs } from "../crm/call-crm.ts";
import type { HeldClaims } from "./claim-effects.ts";
import { LEASE_MARGIN_MS } from "../limits.ts";
import type { DeliveryAttempt } from "../attempt.ts";
import type { Company } from "./write-company.ts";
import { findCompany } from "./write-company.ts";
import { buildFilename } from "./write-files.ts";

/** In the order in which they are written: who is tied to what. */
const REFERRED: readonly ReferredRecordName[] = ["company", "contact", "deal", "file", "task"];

type DeadLetter = Extract<EarlyDisposition, { kind: "deadLetter" }>;

/**
 * The CRM says that something which the email refers to is not there: every record that it relies on is asked for by its id. One that was
 * merged is followed; one that is gone is claimed anew, so that the steps write it once more (docs/concepts/protocol.md, section 13). Answers with the refusal
 * where all are there.
 */
export async function renewGone(
  email: DeliveryAttempt,
  claims: HeldClaims,
  used: { readonly company: Company | null; readonly files: readonly AttachmentInfo[]; readonly address: string },
  refusal: DeadLetter,
): Promise<StepResult<null>> {
  email.renewed = true;
  const before = email.warnings.length;
  const names = new Map(
    used.files.map((file) => [effectKey.file(email.event.emailKey, file.sha256), buildFilename(file)] as const),
  );
  for (const referred of REFERRED) {
    for (const { effect, key } of claims.all) {
      if (effect !== referred) continue;
      const renewed = await renew(email, claims, referred, key, names.get(key));
      if (renewed.kind !== "ok") return renewed;
    }
  }
  const company = await renewFound(email, used.company, used.address);
  if (company.kind !== "ok") return company;
  if (email.warnings.length > before) return ok(null);
  if (refusal.gone === "perhaps") return refusal;
  // Everything is there when it is asked for: the CRM's parts do not agree yet.
  const fault = { kind: "record-passing", code: refusal.detail, unknown: false } as const;
  const context = { step: refusal.step, attempts: email.attempts, settleInMs: 0, evidence: null, optional: false };
  return toDisposition(fault, { ...context, random: email.deps.random() });
}

async function renew(
  email: DeliveryAttempt,
  claims: HeldClaims,
  effect: ReferredRecordName,
  key: string,
  filename: string | undefined,
): Promise<StepResult<null>> {
  const { deps, event, crm, owner, effects } = email;
  const claimed = claims.of(effect, key);
  if (claimed.state !== "confirmed" || claimed.recordId === null || claimed.gone) return ok(null);
  const { recordId } = claimed;
  const activityIds = effect === "deal" ? await deps.ledger.effects.activitiesAt(event.tenantId, recordId) : [];
  const sought = { recordId, key, activityIds, ...(filename === undefined ? {} : { filename }) };
  const found = await callCrm(email, "where-is", crm.adapter.records[effect].locate, sought);
  if (found.kind !== "ok") return found;
  const into = found.value?.recordId ?? null;
  if (into === recordId) return ok(null);

  // Held by this very try: no one else knows the record.
  const own = effects.written(effect, key);
  const name = { tenant: event.tenantId, crm: crm.key, effect, key };
  if (into !== null) {
    email.warnings.push(`record_merged: the ${effect} ${recordId} is now ${into}`);
    if (own !== null) effects.confirmed(effect, key, { recordId: into, created: false });
    else await deps.ledger.effects.follow({ ...name, from: recordId, to: into });
    claims.set(effect, key, { ...claimed, recordId: into });
    return ok(null);
  }
  const won = { state: "won", settle: false, replaces: recordId } as const;
  const result =
    own === null
      ? await deps.ledger.effects.reclaim({
          ...name,
          owner,
          eventId: event.eventId,
          leaseMs: Math.max(0, email.deadline - deps.monotonic()) + LEASE_MARGIN_MS,
          settleMs: getSettleMs(email, effect),
          gone: recordId,
        })
      : won;
  if (result.state === "busy")
    return { kind: "retry", code: "claimed_by_another", attempt: null, delayMs: Math.min(result.forMs, 2_000) };
  email.warnings.push(`record_gone: the ${effect} ${recordId} was deleted in the CRM`);
  if (result.state === "won") effects.won(effect, key, result.settle);
  claims.set(effect, key, result);
  return ok(null);
}

/** A company that people made is not the ledger's: it is looked for once more, and the email goes on without it where there is none. */
async function renewFound(email: DeliveryAttempt, company: Company | null, address: string): Promise<StepResult<null>> {
  if (company === null || company.ours || company.recordId === null) return ok(null);
  const { recordId, domain } = company;
  const sought = { recordId, key: domain };
  const found = await callCrm(email, "where-is", email.crm.adapter.records.company.locate, sought);
  if (found.kind !== "ok") return found;
  if (found.value?.recordId === recordId) return ok(null);
  email.crm.companies.forget(domain);
  if (found.value !== null) {
    email.warnings.push(`record_merged: the company ${recordId} is now ${found.value.recordId}`);
    company.recordId = found.value.recordId;
    return ok(null);
  }
  email.warnings.push(`record_gone: the company ${recordId} was deleted in the CRM`);
  const again = await findCompany(email, address);
  if (again.kind !== "ok") return again;
  company.recordId = again.value.found?.recordId === recordId ? null : (again.value.found?.recordId ?? null);
  return ok(null);
}
