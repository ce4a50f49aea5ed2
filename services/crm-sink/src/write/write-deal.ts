import type { SentFromCrm } from "@inlet/crm";
import {
  activitySubject,
  chooseDeal,
  conversationEvidence,
  DEAL_CONFIDENCES,
  DEAL_MATCHES,
  ok,
  type DealChoice,
  type DealEvidence,
  type StepResult,
} from "@inlet/domain";
import type { ClaimResult, RelatedDeals } from "@inlet/ledger";
import type { Claims } from "./claim-effects.ts";
import { callCrm } from "../crm/call-crm.ts";
import { isClosed, takesClosed } from "../match/closed-deals.ts";
import { dealPlace, placeWritten } from "./deal-place.ts";
import { dealTags, tagsWritten } from "./deal-tags.ts";
import type { DeliveryAttempt } from "../attempt.ts";
import { findRelatedDeals } from "../match/related-deals.ts";
import { writeEffect } from "./write-effect.ts";

type ConfirmedEffect = Extract<ClaimResult, { state: "confirmed" }>;

/** Tags, sent messages and emails of a subject that are followed: anybody may write any number of them, and each costs a call. */
const MOST_NAMED = 3;

/** The warning where a deal that was matched by this is not in the CRM. */
const UNKNOWN_DEAL: Partial<Record<DealEvidence["matchedBy"], string>> = {
  tag: "deal_tag_unknown",
  sent_message: "sent_message_deal_unknown",
  campaign: "campaign_deal_unknown",
  recent_subject: "recent_subject_deal_unknown",
};

const CREATED: DealEvidence = {
  matchedBy: "created",
  confidence: "none",
  detail: "no deal matched; the tenant's policy makes one",
};

/** Chooses the deal by its best evidence; a deal that is named must be in the CRM, else the next best evidence counts. */
export async function findDeal(email: DeliveryAttempt): Promise<StepResult<DealChoice>> {
  const { event, tenant, facts } = email;
  const unknownDeals: string[] = [];
  const closedDeals: string[] = [];
  const related = await findRelatedDeals(email);
  const sent = await findSentFromCrm(email, related);
  if (sent.kind !== "ok") return sent;
  for (;;) {
    const choice = chooseDeal({
      tags: event.addressTags.filter(({ kind }) => kind === "deal").slice(0, MOST_NAMED),
      sentMessages: email.sentMessages.filter((message) => message.dealId !== null).slice(0, MOST_NAMED),
      sender: facts.sender,
      unknownDeals,
      closedDeals,
      conversationId: email.conversationId,
      ...related,
      sentFromCrm: sent.value,
      sameSubject: related.sameSubject.slice(0, MOST_NAMED),
      policy: facts.treatment.policy,
      newDeal: tenant.crm.newDeal,
    });
    if (choice.kind === "none" || choice.kind === "conversation") {
      return isUndecided(related)
        ? { kind: "retry", code: "behind_subject", attempt: null, delayMs: related.undecidedForMs }
        : ok({ ...choice, evidence: withClosed(choice.evidence, closedDeals) });
    }
    const { dealId, evidence } = choice;
    const found = await callCrm(email, "get-deal", email.crm.adapter.records.deal.read, dealId);
    // A deal that was merged into another one answers with that one's id.
    if (found.kind === "ok" && found.value !== null) {
      email.crm.deals.set(found.value.recordId, found.value);
      if (choice.kind === "named" || takesClosed(email) || !isClosed(found.value))
        return ok({ ...choice, dealId: found.value.recordId });
      closedDeals.push(dealId);
      continue;
    }
    if (found.kind !== "ok" && found.kind !== "deadLetter") return found;
    // A stranger may name an id that the CRM stumbles over: it is no deal, and not the email's end.
    const why = found.kind === "ok" ? "the CRM has no deal" : `the CRM did not tell (${found.detail}) of deal`;
    email.warnings.push(`${UNKNOWN_DEAL[evidence.matchedBy]}: ${why} ${dealId}`);
    unknownDeals.push(dealId);
  }
}

/**
 * Asks the CRM whether people sent the message that is answered from there (WR3), where the conversation has no deal yet and nothing that
 * was told to Inlet names one. A CRM that does not tell costs the email nothing.
 */
async function findSentFromCrm(email: DeliveryAttempt, related: RelatedDeals): Promise<StepResult<SentFromCrm | null>> {
  const { event, tenant, sentMessages, facts } = email;
  const messageIds = facts.references;
  const named =
    event.addressTags.some(({ kind }) => kind === "deal") || sentMessages.some(({ dealId }) => dealId !== null);
  const log = facts.treatment.policy !== "write";
  if (!tenant.matching.sentFromCrm || messageIds.length === 0 || related.conversationHasDeal || named || log)
    return ok(null);
  const { findSent } = email.crm.adapter.records.activity;
  if (findSent === undefined) return ok(null);
  const found = await callCrm(email, "find-sent-message", findSent, messageIds);
  return found.kind === "deadLetter" ? ok(null) : found;
}

/** Nothing matches, but an earlier email of the same subject is at its own deal: what becomes of that decides. */
function isUndecided(related: RelatedDeals): related is RelatedDeals & { undecidedForMs: number } {
  return related.undecidedForMs !== null && !related.conversationHasDeal && related.sameSubject.length === 0;
}

/** The deal's CRM id, or null where the email has none. The conversation remembers it: replies without the tag find it again. */
export async function writeDeal(
  email: DeliveryAttempt,
  claims: Claims,
  choice: DealChoice,
  { contactId, companyId = null }: { readonly contactId: string; readonly companyId?: string | null },
  mayMake = true,
): Promise<StepResult<string | null>> {
  if (choice.kind === "none") {
    email.evidence["deal"] = choice.evidence;
    return ok(null);
  }
  const key = email.conversationId;
  const claimed = claims.of("deal", key);
  const used = (recordId: string, evidence: DealEvidence): StepResult<string> => {
    email.summary.push({ effect: "deal", key, recordId, created: false });
    email.evidence["deal"] = evidence;
    return ok(recordId);
  };
  // Only what names a deal outranks the one that the conversation has, or has got since it was asked for.
  if (claimed.state === "confirmed" && claimed.recordId !== null && choice.kind !== "named")
    return used(claimed.recordId, buildEvidence(email, claimed));
  // Where an earlier try may have made a deal for the conversation, that one is looked for first, so that it is not left over.
  const mayBeMade = claimed.state === "won" && claimed.settle && email.tenant.crm.newDeal === "create";
  if (choice.kind === "named" || (choice.kind === "adopted" && !mayBeMade)) {
    if (claimed.state === "won")
      email.effects.confirmed("deal", key, { recordId: choice.dealId, created: false }, { ...choice.evidence });
    return used(choice.dealId, choice.evidence);
  }
  if (choice.kind === "conversation" && !choice.create) {
    email.evidence["deal"] = choice.evidence;
    return ok(null);
  }
  if (!mayMake) {
    email.evidence["deal"] = { ...choice.evidence, detail: "the activity is there, and cannot be tied to a new deal" };
    return ok(null);
  }
  const name = activitySubject(email.event.subject);
  const replaces = claimed.state === "won" ? (claimed.replaces ?? null) : null;
  const tags = dealTags(email);
  const { write, lookup } = email.crm.adapter.records.deal;
  const place = dealPlace(email);
  const input = { key, name, contactId, companyId, tags, ...place, replaces };
  const evidence =
    choice.kind === "conversation" && choice.evidence.matchedBy === "created" ? choice.evidence : CREATED;
  const desired = { ...evidence, ...tagsWritten(tags) };
  const outcome = await writeEffect(email, "deal", key, {
    write,
    input,
    lookup,
    sought: { contactId },
    desired: (stored) => ({ ...desired, ...placeWritten(place, stored) }),
  });
  if (outcome.kind !== "ok") return outcome;
  email.summary.push({ effect: "deal", key, ...outcome.value });
  email.evidence["deal"] = evidence;
  return ok(outcome.value.recordId);
}

/** Says of a new deal, or of none, which deals were not taken for it since they ended. */
function withClosed(evidence: DealEvidence, closedDeals: readonly string[]): DealEvidence {
  if (closedDeals.length === 0) return evidence;
  const own = evidence.matchedBy === "policy" ? evidence : CREATED;
  const which = closedDeals.length === 1 ? `the deal ${closedDeals[0]} is` : `the deals ${closedDeals.join(", ")} are`;
  return { ...own, detail: `${own.detail}; ${which} closed` };
}

/** Why the conversation has its deal, of the email that brought it, so that a replay tells it again; others are there for the conversation. */
function buildEvidence(email: DeliveryAttempt, { desired, eventId }: ConfirmedEffect): DealEvidence {
  const matchedBy = DEAL_MATCHES.find((match) => match === desired["matchedBy"]);
  const confidence = DEAL_CONFIDENCES.find((each) => each === desired["confidence"]);
  return eventId === email.event.eventId && matchedBy !== undefined && confidence !== undefined
    ? { matchedBy, confidence, detail: desired["detail"] ?? "" }
    : conversationEvidence(email.conversationId);
}
