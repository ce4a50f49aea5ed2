import type { RuleAction } from "@inlet/domain";
import { effectKey } from "@inlet/domain";
import type { Notification } from "@inlet/ledger";
import type { DeliveryAttempt } from "../attempt.ts";

/** `type` of every notice (Standard Webhooks: full-stop delimited, what happened). */
const TYPE = "inlet.rule.met";

/** What the rules tell the tenant's own systems once the email is written: ids and headers, no text of the email. */
export function buildNotifications(email: DeliveryAttempt, actions: readonly RuleAction[]): Notification[] {
  const { event, crm, facts } = email;
  return actions.flatMap((action) => {
    if (action.kind !== "notify") return [];
    const findRecord = (effect: string): string | null =>
      email.summary.find((written) => written.effect === effect)?.recordId ?? null;
    const body = {
      type: TYPE,
      timestamp: new Date(event.receivedAt).toISOString(),
      data: {
        rule: action.ruleId,
        tenantId: event.tenantId,
        eventId: event.eventId,
        emailKey: event.emailKey,
        conversationId: email.conversationId,
        messageId: event.messageId,
        mailbox: event.mailbox,
        from: event.from,
        contact: facts.contact,
        subject: event.subject,
        crm: crm.kind,
        contactId: findRecord("contact"),
        dealId: findRecord("deal"),
        activityId: findRecord("activity"),
      },
    };
    const key = effectKey.rule(event.emailKey, action.ruleId);
    return [{ key, notice: action.notice, body: JSON.stringify(body) }];
  });
}
