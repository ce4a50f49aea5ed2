import type { AddressTag } from "@inlet/schemas";
import type { ClassPolicy } from "./class-policy.ts";

/** A message that the tenant sent and registered, and that the email answers. */
export interface AnsweredMessage {
  readonly messageId: string;
  readonly dealId: string | null;
  /** Who it was sent to, lower-case. */
  readonly contactEmail: string | null;
}

/** A message that was registered for a campaign which the email's addresses name, sent to the email's sender. */
export interface CampaignMessage {
  readonly messageId: string;
  readonly campaign: string;
  readonly dealId: string;
}

/** The deal of another email of the same sender with the same subject. */
export interface SubjectMatch {
  readonly eventId: string;
  readonly dealId: string;
}

/** What is known when the deal of an email is decided. */
export interface DealCandidates {
  readonly tags: readonly AddressTag[];
  /** Best first: that of In-Reply-To, then those of References from the newest. */
  readonly sentMessages: readonly AnsweredMessage[];
  /** Normalized address of the sender; null when there is none. */
  readonly sender: string | null;
  /** Deals that were asked for and are not in the CRM. */
  readonly unknownDeals: readonly string[];
  /** Deals that were asked for, and ended: a new thread is no longer theirs. */
  readonly closedDeals: readonly string[];
  /** Canonical conversation id. */
  readonly conversationId: string;
  /** Whether the ledger knows a deal of the conversation. */
  readonly conversationHasDeal: boolean;
  /** A message of those that the email answers which was sent from the CRM itself; null where none is known. */
  readonly sentFromCrm: { readonly messageId: string; readonly dealId: string } | null;
  /** The newest first. */
  readonly campaignMessages: readonly CampaignMessage[];
  /** The newest first. */
  readonly sameSubject: readonly SubjectMatch[];
  /** What the tenant wants of this class of mail. */
  readonly policy: ClassPolicy;
  readonly newDeal: "create" | "none";
}

export type DealChoice =
  /** A record id named by the sender's address or by a sent message; verified in the CRM before use. */
  | { readonly kind: "named"; readonly dealId: string; readonly evidence: DealEvidence }
  /** A record id that a conversation without a deal takes for its own; verified in the CRM before use. */
  | { readonly kind: "adopted"; readonly dealId: string; readonly evidence: DealEvidence }
  /** The conversation's deal: used when it is there, else created when `create` is true. */
  | { readonly kind: "conversation"; readonly key: string; readonly create: boolean; readonly evidence: DealEvidence }
  | { readonly kind: "none"; readonly evidence: DealEvidence };

/** What a deal is matched by, the best first; `created` and `policy` say that nothing matched. The guide's table lists them (docs/guides/matching.md). */
export const DEAL_MATCHES = [
  "tag",
  "sent_message",
  "conversation",
  "campaign",
  "recent_subject",
  "created",
  "policy",
] as const;
export const DEAL_CONFIDENCES = ["certain", "high", "medium", "low", "none"] as const;

/** Why an email is at its deal; kept with the delivery. */
export interface DealEvidence {
  readonly matchedBy: (typeof DEAL_MATCHES)[number];
  /** `certain`: told by who may know. `high`: hardly by chance. `medium`: likely. `low`: likelier than others. `none`: not matched. */
  readonly confidence: (typeof DEAL_CONFIDENCES)[number];
  readonly detail: string;
}

/**
 * The deal by best evidence first (WR3): an address tag, a registered sent message, the deal that the conversation has, a message
 * that was sent from the CRM, a message of the same campaign to the same contact where all of them are of one deal, the newest email of the same contact with the same subject; else by
 * policy a new one.
 */
export function chooseDeal(candidates: DealCandidates): DealChoice {
  const usable = (dealId: string): boolean =>
    /^[0-9A-Za-z_-]{1,64}$/.test(dealId) && !candidates.unknownDeals.includes(dealId);
  const tag = candidates.tags.find(({ kind, value }) => kind === "deal" && usable(value));
  if (tag !== undefined) {
    return {
      kind: "named",
      dealId: tag.value,
      evidence: { matchedBy: "tag", confidence: "certain", detail: `address tag deal+${tag.value}` },
    };
  }
  for (const message of candidates.sentMessages) {
    const { dealId } = message;
    if (dealId !== null && usable(dealId))
      return { kind: "named", dealId, evidence: sentMessageEvidence(message, candidates.sender) };
  }
  if (candidates.policy === "log") return notMatched("this class of mail is logged without a deal");

  const open = (dealId: string): boolean => usable(dealId) && !candidates.closedDeals.includes(dealId);
  const { conversationId: key, conversationHasDeal } = candidates;
  const create = candidates.newDeal === "create";
  const conversation = { kind: "conversation", key, create, evidence: conversationEvidence(key) } as const;
  if (conversationHasDeal) return conversation;
  const { sentFromCrm } = candidates;
  if (sentFromCrm !== null && open(sentFromCrm.dealId)) {
    const detail = `message ${sentFromCrm.messageId}, sent from the CRM`;
    return {
      kind: "adopted",
      dealId: sentFromCrm.dealId,
      evidence: { matchedBy: "sent_message", confidence: "high", detail },
    };
  }
  const message = theOnlyDeal(candidates.campaignMessages.filter(({ dealId }) => open(dealId)));
  if (message !== null) {
    const { dealId, campaign, messageId } = message;
    const detail = `message ${messageId} of campaign ${campaign} was sent to this contact`;
    return { kind: "adopted", dealId, evidence: { matchedBy: "campaign", confidence: "high", detail } };
  }
  const sameSubject = candidates.sameSubject.filter(({ dealId }) => open(dealId));
  const [newest] = sameSubject;
  if (newest !== undefined) {
    const others = new Set(sameSubject.map(({ dealId }) => dealId)).size - 1;
    const confidence = others === 0 ? "medium" : "low";
    const detail = `same contact and subject as ${newest.eventId}${others === 0 ? "" : `, the newest of ${others + 1} deals`}`;
    return {
      kind: "adopted",
      dealId: newest.dealId,
      evidence: { matchedBy: "recent_subject", confidence, detail },
    };
  }
  return create ? conversation : notMatched("no deal matched; the tenant wants no new ones");
}

/** Certain when the one it was sent to answers it; a colleague, or anybody who was shown the message, is likely right as well. */
export function sentMessageEvidence(
  { messageId, contactEmail }: Omit<AnsweredMessage, "dealId">,
  sender: string | null,
): DealEvidence {
  return {
    matchedBy: "sent_message",
    confidence: contactEmail !== null && contactEmail === sender ? "certain" : "high",
    detail: `known sent message ${messageId}`,
  };
}

export function conversationEvidence(conversationId: string): DealEvidence {
  return { matchedBy: "conversation", confidence: "high", detail: `conversation ${conversationId}` };
}

function notMatched(detail: string): DealChoice {
  return { kind: "none", evidence: { matchedBy: "policy", confidence: "none", detail } };
}

/** The first of those that name a deal, where all name the same one. */
function theOnlyDeal<T extends { readonly dealId: string }>(found: readonly T[]): T | null {
  const [first] = found;
  return first !== undefined && found.every(({ dealId }) => dealId === first.dealId) ? first : null;
}
