import { effectKey, type DealChoice, type StepResult } from "@inlet/domain";
import { callCrm } from "../crm/call-crm.ts";
import type { HeldClaims } from "./claim-effects.ts";
import { addNewTags } from "./deal-tags.ts";
import type { DeliveryAttempt } from "../attempt.ts";
import { KEPT, notTied, type ConfirmedActivity } from "./not-tied.ts";

/**
 * The same email came by another delivery: what that one adds (a deal named by its address tag, tags of the deal that the first one made)
 * goes to the records that are there, and it ends suppressed (docs/concepts/protocol.md, section 1).
 */
export async function mergeDuplicate(
  email: DeliveryAttempt,
  claims: HeldClaims,
  activity: ConfirmedActivity,
  deal: DealChoice,
): Promise<StepResult<null>> {
  const key = effectKey.activity(email.event.emailKey);
  email.summary.push({ effect: "activity", key, recordId: activity.recordId, created: false });
  if (deal.kind === "named" && activity.recordId !== null) {
    const { recordId } = activity;
    const { update } = email.crm.adapter.records.activity;
    const outcome = await callCrm(email, "associate", update, { recordId, changed: { dealId: deal.dealId } });
    if (outcome.kind !== "ok") return outcome;
    if (outcome.value?.fixed?.includes("dealId") === true) {
      email.warnings.push(notTied(["dealId"], KEPT));
    } else {
      email.summary.push({ effect: "deal", key: email.conversationId, recordId: deal.dealId, created: false });
      email.evidence["deal"] = deal.evidence;
    }
  }
  const tagged = await addNewTags(email, claims, activity.eventId);
  if (tagged.kind !== "ok") return tagged;
  return { kind: "suppress", reason: "duplicate_email", duplicateOf: activity.eventId };
}
