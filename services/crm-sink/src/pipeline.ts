import { deadLetter, effectKey, formerKeys, ok, type StepResult } from "@inlet/domain";
import type { Disposition } from "@inlet/service";
import { isBlobRef } from "@inlet/event-codec";
import { admit } from "./gates/admit.ts";
import { checkErasure } from "./gates/check-erasure.ts";
import { identifyAccount } from "./crm/crm-account.ts";
import { callCrm } from "./crm/call-crm.ts";
import { claimEffects } from "./write/claim-effects.ts";
import { isolateSuspect } from "./gates/isolate-suspect.ts";
import { joinConversation, queueBehindConversation } from "./match/conversation.ts";
import { EarlyExit, unwrap } from "./early-exit.ts";
import type { DeliveryAttempt } from "./attempt.ts";
import { spillWhenSlow, queueBehindSlow } from "./gates/spill-slow-attempt.ts";
import { evaluateEmailRules } from "./match/evaluate-rules.ts";
import { checkCircuit } from "./gates/check-circuit.ts";
import { findSentMessages } from "./match/sent-messages.ts";
import { checkHold, checkLaneMove, queueBehindQuota } from "./gates/tenant-waits.ts";
import { findCompany } from "./write/write-company.ts";
import { findDeal } from "./write/write-deal.ts";
import { filesToWrite } from "./write/write-files.ts";
import { writeRecords } from "./write/write-records.ts";
import { ruleEffects } from "./write/write-rules.ts";
import { mergeDuplicate } from "./write/merge-duplicate.ts";

/** Signs of a class that are kept as evidence. */
const MOST_REASONS = 20;

/** The way of one email into the CRM, step by step. Throws infrastructure faults. */
export async function deliver(email: DeliveryAttempt): Promise<Disposition> {
  try {
    // Asked together: neither is worth a round trip of its own.
    const [admitted, kept] = await Promise.all([admit(email), checkErasure(email)]);
    unwrap(admitted);
    unwrap(kept);
    unwrap(await isolateSuspect(email));
    unwrap(applyClassPolicy(email));
    const sender = unwrap(getSender(email));
    unwrap(await joinConversation(email));
    await findSentMessages(email);
    unwrap(await checkLaneMove(email));
    unwrap(await queueBehindConversation(email));
    unwrap(await checkHold(email));
    unwrap(await checkCircuit(email));
    unwrap(await queueBehindQuota(email));
    unwrap(await queueBehindSlow(email));
    spillWhenSlow(email);
    unwrap(await identifyAccount(email));
    unwrap(await prepareCrm(email));
    const address = await findContactKey(email, sender);
    const deal = unwrap(await findDeal(email));
    const found = unwrap(await findCompany(email, address));
    const files = filesToWrite(email);
    await assertStoredParts(email);
    const actions = await evaluateEmailRules(email);
    const rules = ruleEffects(email.event.emailKey, actions);
    const company = found.create ? found.domain : null;
    const claims = unwrap(await claimEffects(email, { contact: address, company, deal, files, rules }));

    const written = claims.of("activity", effectKey.activity(email.event.emailKey));
    if (written.state === "confirmed" && written.gone) unwrap({ kind: "suppress", reason: "gone_in_crm" });
    if (written.state === "confirmed" && written.eventId !== email.event.eventId)
      unwrap(await mergeDuplicate(email, claims, written, deal));

    unwrap(await writeRecords(email, claims, { address, company: found, deal, files, actions, written }));
    return { kind: "written" };
  } catch (error) {
    if (error instanceof EarlyExit) return error.disposition;
    throw error;
  } finally {
    await email.stopSpilling();
  }
}

/** Throws when parts of the email lie in a blob store that is away: before anything is claimed, so that the email stays in Kafka whole. */
async function assertStoredParts({ event, deps, tenant }: DeliveryAttempt): Promise<void> {
  const texts = [event.text, event.html, event.replyText].some((part) => isBlobRef(part));
  const files = tenant.crm.files !== "link" && event.attachments.some(({ blob }) => blob !== null);
  if (texts || files) await deps.blobs.assertAvailable();
}

async function prepareCrm(email: DeliveryAttempt): Promise<StepResult<unknown>> {
  return email.crm.isPrepared() ? ok(null) : callCrm(email, "prepare", email.crm.prepare, null);
}

function applyClassPolicy(email: DeliveryAttempt): StepResult<null> {
  const { kind, reasons } = email.event.classification;
  // Anyone who asks about a bounce finds the recipient and the message that it is about.
  if (kind !== "human") email.evidence["classification"] = { kind, reasons: reasons.slice(0, MOST_REASONS) };
  const { reason } = email.facts.treatment;
  return reason === null ? ok(null) : { kind: "suppress", reason };
}

/** The sender's key, or the one under which the ledger has known the mailbox since before it was written in one way. */
async function findContactKey({ deps, event, crm, facts }: DeliveryAttempt, sender: string): Promise<string> {
  const keys = formerKeys(facts.contact?.email ?? "");
  if (keys.length === 0) return sender;
  const asked = { tenant: event.tenantId, crm: crm.key, effect: "contact", keys: [sender, ...keys] };
  return (await deps.ledger.effects.knownKey(asked)) ?? sender;
}

function getSender({ facts: { sender } }: DeliveryAttempt): StepResult<string> {
  return sender === null ? deadLetter("no_sender", "sender", "the From header names no usable address") : ok(sender);
}
