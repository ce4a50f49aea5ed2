import {
  getContact,
  isOwnDomain,
  isTrustedSender,
  normalizeAddress,
  buildSubjectKey,
  getTreatment,
} from "@inlet/domain";
import type { RelatedDeals } from "@inlet/ledger";
import type { DeliveryAttempt } from "../attempt.ts";
import { getReferences } from "./sent-messages.ts";

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
  const { event, tenant } = email;
  if (getTreatment(event, tenant.classes).policy !== "write") return NONE;
  const withinMs = tenant.matching.recentSubjectMs;
  const ownAddresses = tenant.mailboxes.flatMap(({ addresses }) => addresses);
  // A colleague writes to many customers under one subject.
  const isOwn = isOwnDomain(getContact(event)?.email ?? "", ownAddresses);
  const key = withinMs === null || isOwn ? null : buildSubjectKey(event);
  const subject = withinMs === null || key === null ? null : { key, withinMs };
  const campaign = findCampaign(email);
  // A conversation without a deal gets one by itself where new ones are wanted, unless the email answers a message that the CRM may know.
  const answers = tenant.matching.sentFromCrm && getReferences(event).length > 0;
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
function findCampaign({ event, tenant }: DeliveryAttempt): { contact: string; names: string[] } | null {
  const contact = normalizeAddress(getContact(event)?.email ?? "");
  if (tenant.outbound === null || contact === null || !isTrustedSender(event)) return null;
  const names = event.addressTags.filter(({ kind }) => kind === "campaign").map(({ value }) => value);
  return names.length === 0 ? null : { contact, names: [...new Set(names)] };
}
