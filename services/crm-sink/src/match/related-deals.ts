import { buildSubjectKey, isOwnDomain, isTrustedSender } from "@inlet/domain";
import type { RelatedDeals } from "@inlet/ledger";
import type { DeliveryAttempt } from "../attempt.ts";

const NONE: RelatedDeals = {
  conversationHasDeal: false,
  sameSubject: [],
  undecidedForMs: null,
  campaignMessages: [],
};

/**
 * What the ledger knows of deals that the email may belong to where nothing names one (WR3). Every email that may have a deal takes its place
 * among those of its subject here, whatever its own deal is matched by: later ones find it.
 */
export async function findRelatedDeals(email: DeliveryAttempt): Promise<RelatedDeals> {
  const { event, tenant, facts } = email;
  if (facts.treatment.policy !== "write") return NONE;
  const withinMs = tenant.matching.recentSubjectMs;
  const ownAddresses = tenant.mailboxes.flatMap(({ addresses }) => addresses);
  // A colleague writes to many customers under one subject.
  const isOwn = isOwnDomain(facts.contact?.email ?? "", ownAddresses);
  const key = withinMs === null || isOwn ? null : buildSubjectKey(event);
  const subject = withinMs === null || key === null ? null : { key, withinMs };
  const campaign = findCampaign(email);
  // A conversation without a deal gets one by itself where new ones are wanted, unless the email answers a message that the CRM may know.
  const answers = tenant.matching.sentFromCrm && facts.references.length > 0;
  if (subject === null && campaign === null && !answers && tenant.crm.newDeal === "create") return NONE;
  return email.deps.ledger.conversations.relatedDeals({
    tenant: event.tenantId,
    crm: email.crm.key,
    emailKey: event.emailKey,
    eventId: event.eventId,
    pass: email.pass,
    conversationId: email.conversationId,
    receivedAt: event.receivedAt,
    subject,
    campaign,
  });
}

/** The campaigns that the email's addresses name, and who would have got their messages; null where no one registers any. */
function findCampaign({ event, tenant, facts }: DeliveryAttempt): { contact: string; names: string[] } | null {
  const contact = facts.sender;
  if (tenant.outbound === null || contact === null || !isTrustedSender(event)) return null;
  const names = event.addressTags.filter(({ kind }) => kind === "campaign").map(({ value }) => value);
  return names.length === 0 ? null : { contact, names: [...new Set(names)] };
}
