import type { AddressTag } from "@inlet/schemas";
import type { ClassPolicy } from "./class-policy.ts";

/** A message that the tenant sent and registered, and that the email answers. */
export interface AnsweredMessage {
  readonly messageId: string;
  readonly dealId: string | null;
  /** Who it was sent to, lower-case. */
  readonly contactEmail: string | null;
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
  /** Canonical conversation id. */
  readonly conversationId: string;
  /** What the tenant wants of this class of mail. */
  readonly policy: ClassPolicy;
  readonly newDeal: "create" | "none";
}

export type DealChoice =
  /** A record id named by the sender's address or by a sent message; verified in the CRM before use. */
  | { readonly kind: "named"; readonly dealId: string; readonly evidence: DealEvidence }
  /** The conversation's deal: used when it is there, else created when `create` is true. */
  | { readonly kind: "conversation"; readonly key: string; readonly create: boolean; readonly evidence: DealEvidence }
  | { readonly kind: "none"; readonly evidence: DealEvidence };

export interface DealEvidence {
  readonly matchedBy: "tag" | "sent_message" | "conversation" | "policy";
  readonly confidence: "certain" | "high" | "none";
  readonly detail: string;
}

/** The deal by best evidence first: an address tag, then a known sent message, then the conversation, else by policy a new one (WR3). */
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
  if (candidates.policy === "log") {
    return {
      kind: "none",
      evidence: { matchedBy: "policy", confidence: "none", detail: "this class of mail is logged without a deal" },
    };
  }
  return {
    kind: "conversation",
    key: candidates.conversationId,
    create: candidates.newDeal === "create",
    evidence: { matchedBy: "conversation", confidence: "high", detail: `conversation ${candidates.conversationId}` },
  };
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
