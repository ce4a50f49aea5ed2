import type { AddressTag } from "@inlet/schemas";
import type { ClassPolicy } from "./class-policy.ts";

/** What is known when the deal of an email is decided. */
export interface DealCandidates {
  readonly tags: readonly AddressTag[];
  /** Canonical conversation id. */
  readonly conversationId: string;
  /** What the tenant wants of this class of mail. */
  readonly policy: ClassPolicy;
  readonly newDeal: "create" | "none";
}

export type DealChoice =
  /** A record id named by the sender's address; verified in the CRM before use. */
  | { readonly kind: "named"; readonly dealId: string; readonly evidence: DealEvidence }
  /** The conversation's deal: used when it is there, else created when `create` is true. */
  | { readonly kind: "conversation"; readonly key: string; readonly create: boolean; readonly evidence: DealEvidence }
  | { readonly kind: "none"; readonly evidence: DealEvidence };

export interface DealEvidence {
  readonly matchedBy: "tag" | "conversation" | "policy";
  readonly confidence: "certain" | "high" | "none";
  readonly detail: string;
}

/** The deal by best evidence first: an address tag, then the conversation, else by policy a new one (WR3). */
export function chooseDeal(candidates: DealCandidates): DealChoice {
  const tag = candidates.tags.find(
    (candidate) => candidate.kind === "deal" && /^[0-9A-Za-z_-]{1,64}$/.test(candidate.value),
  );
  if (tag !== undefined) {
    return {
      kind: "named",
      dealId: tag.value,
      evidence: { matchedBy: "tag", confidence: "certain", detail: `address tag deal+${tag.value}` },
    };
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
