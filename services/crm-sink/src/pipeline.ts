import {
  contactOf,
  deadLetter,
  effectKey,
  formerKeys,
  normalizeAddress,
  ok,
  treatmentOf,
  type Outcome,
} from "@inlet/domain";
import type { Disposition } from "@inlet/service";
import { isBlobRef } from "@inlet/event-codec";
import { admit } from "./gates/admit.ts";
import { identifyAccount } from "./crm/crm-account.ts";
import { callCrm } from "./crm/call-crm.ts";
import { claimEffects } from "./write/claim-effects.ts";
import { isolateSuspect } from "./gates/isolate-suspect.ts";
import { joinConversation, queueBehindConversation } from "./match/conversation.ts";
import { Ended, need } from "./early-exit.ts";
import type { EmailTry } from "./attempt.ts";
import { keepWhenSlow, queueBehindSlow } from "./gates/spill-slow-attempt.ts";
import { meetRules } from "./match/evaluate-rules.ts";
import { passCircuit } from "./gates/check-circuit.ts";
import { findSentMessages } from "./match/sent-messages.ts";
import { passBuffer, queueBehindQuota } from "./gates/tenant-waits.ts";
import { findCompany } from "./write/write-company.ts";
import { findDeal } from "./write/write-deal.ts";
import { filesToWrite } from "./write/write-files.ts";
import { writeRecords } from "./write/write-records.ts";
import { ruleEffects } from "./write/write-rules.ts";
import { addToWritten } from "./write/merge-duplicate.ts";

/** Signs of a class that are kept as evidence. */
const MOST_REASONS = 20;

/** The way of one email into the CRM, step by step. Throws infrastructure faults. */
export async function deliver(email: EmailTry): Promise<Disposition> {
  try {
    need(await admit(email));
    need(await isolateSuspect(email));
    need(applyClassPolicy(email));
    const sender = need(senderOf(email));
    need(await joinConversation(email));
    await findSentMessages(email);
    need(await queueBehindConversation(email));
    need(await passBuffer(email));
    need(await passCircuit(email));
    need(await queueBehindQuota(email));
    need(await queueBehindSlow(email));
    keepWhenSlow(email);
    need(await identifyAccount(email));
    need(await prepareCrm(email));
    const address = await contactKeyOf(email, sender);
    const deal = need(await findDeal(email));
    const found = need(await findCompany(email, address));
    const files = filesToWrite(email);
    await assertStoredParts(email);
    const actions = await meetRules(email);
    const rules = ruleEffects(email.event.emailKey, actions);
    const company = found.create ? found.domain : null;
    const claims = need(await claimEffects(email, { contact: address, company, deal, files, rules }));

    const written = claims.of("activity", effectKey.activity(email.event.emailKey));
    if (written.state === "confirmed" && written.gone) need({ kind: "suppress", reason: "gone_in_crm" });
    if (written.state === "confirmed" && written.eventId !== email.event.eventId)
      need(await addToWritten(email, claims, written, deal));

    need(await writeRecords(email, claims, { address, company: found, deal, files, actions, written }));
    return { kind: "written" };
  } catch (error) {
    if (error instanceof Ended) return error.ending;
    throw error;
  } finally {
    await email.stopKeeping();
  }
}

/** Throws when parts of the email lie in a blob store that is away: before anything is claimed, so that the email stays in Kafka whole. */
async function assertStoredParts({ event, deps, tenant }: EmailTry): Promise<void> {
  const texts = [event.text, event.html, event.replyText].some((part) => isBlobRef(part));
  const files = tenant.crm.files !== "link" && event.attachments.some(({ blob }) => blob !== null);
  if (texts || files) await deps.blobs.assertAvailable();
}

async function prepareCrm(email: EmailTry): Promise<Outcome<unknown>> {
  return email.crm.isPrepared() ? ok(null) : callCrm(email, "prepare", email.crm.prepare, null);
}

function applyClassPolicy(email: EmailTry): Outcome<null> {
  const { kind, reasons } = email.event.classification;
  // Whoever asks about a bounce finds the recipient and the message that it is about.
  if (kind !== "human") email.evidence["classification"] = { kind, reasons: reasons.slice(0, MOST_REASONS) };
  const { reason } = treatmentOf(email.event, email.tenant.classes);
  return reason === null ? ok(null) : { kind: "suppress", reason };
}

/** The sender's key, or the one under which the ledger has known the mailbox since before it was written in one way. */
async function contactKeyOf({ deps, event, crm }: EmailTry, sender: string): Promise<string> {
  const keys = formerKeys(contactOf(event)?.email ?? "");
  if (keys.length === 0) return sender;
  const asked = { tenant: event.tenantId, crm: crm.key, effect: "contact", keys: [sender, ...keys] };
  return (await deps.ledger.knownKey(asked)) ?? sender;
}

function senderOf(email: EmailTry): Outcome<string> {
  const address = normalizeAddress(contactOf(email.event)?.email ?? "");
  return address === null ? deadLetter("no_sender", "sender", "the From header names no usable address") : ok(address);
}
