import { buildEventId } from "@inlet/schemas";
import type { RawEvent } from "@inlet/schemas";
import { mimeContent } from "@inlet/domain";
import { deliveryKey } from "@inlet/sources";
import { passingFault } from "../publish/publish-raw-event.ts";
import type { MakeDurable } from "../publish/publish-raw-event.ts";
import type { Transaction } from "./admit-recipient.ts";
import { observeMail } from "./observe-mail.ts";
import type { MailEnd, MailLog } from "./observe-mail.ts";
import type { Received } from "./receive-message.ts";
import { MailRefusal } from "./replies.ts";
import type { Destination } from "./replies.ts";

export interface Message {
  readonly received: Exclude<Received, { kind: "abandoned" }>;
  readonly transaction: Transaction;
  /** MAIL FROM; null for the empty one. */
  readonly from: string | null;
  /** In the order they were given. */
  readonly recipients: readonly string[];
  /** Epoch ms. */
  readonly receivedAt: number;
  /** Of `performance.now()`. */
  readonly startedAt: number;
}

/**
 * Makes a message durable, as one event for each tenant that it has recipients of; answers how each recipient's ended, in their order.
 * A tenant's event names its own recipients only. Never rejects.
 */
export async function acceptMessage(durable: MakeDurable, log: MailLog, message: Message): Promise<MailEnd[]> {
  const parts = new Map<string, { readonly destination: Destination; readonly to: string[] }>();
  const getDestination = (recipient: string): Destination =>
    message.transaction.destinations.get(recipient.toLowerCase()) as Destination;
  for (const recipient of message.recipients) {
    const destination = getDestination(recipient);
    const part = parts.get(destination.tenant.id) ?? { destination, to: [] };
    part.to.push(recipient);
    parts.set(destination.tenant.id, part);
  }
  const ends = new Map(
    await Promise.all(
      [...parts].map(
        async ([tenant, { destination, to }]) =>
          [
            tenant,
            await observeMail(
              log,
              destination,
              {
                bytes: message.received.bytes,
                connection: message.transaction.connection,
                startedAt: message.startedAt,
              },
              async () => acceptPart(durable, message, destination, to),
            ),
          ] as const,
      ),
    ),
  );
  return message.recipients.map((recipient) => ends.get(getDestination(recipient).tenant.id) as MailEnd);
}

async function acceptPart(
  durable: MakeDurable,
  message: Message,
  destination: Destination,
  to: readonly string[],
): Promise<MailEnd> {
  const { received } = message;
  if (received.kind === "overloaded") return refused(new MailRefusal("overloaded"));
  if (received.kind === "too_many_pieces" || received.kind === "header_too_large") {
    return refused(new MailRefusal(received.kind));
  }
  if (received.kind !== "whole" || received.bytes > destination.source.maxBodyBytes) {
    return refused(new MailRefusal("message_too_large"));
  }
  const event = buildEvent(message, received.body, destination, to);
  try {
    const { duplicate } = await durable(event);
    return { kind: "accepted", eventId: event.eventId, duplicate };
  } catch (error) {
    // A fault of our own is no verdict on the email: the sender keeps it, too.
    return refused(new MailRefusal(passingFault(error) ?? "internal_error", { cause: error }), event.eventId);
  }
}

function buildEvent(message: Message, body: Buffer, { tenant, source }: Destination, to: readonly string[]): RawEvent {
  return {
    eventId: buildEventId(tenant.id, source.name, deliveryKey(mimeContent(body), to)),
    tenantId: tenant.id,
    lane: tenant.lane,
    receivedAt: message.receivedAt,
    source: { name: source.name, kind: source.kind, deliveryId: null, eventId: null, receivedAt: null },
    envelope: { from: message.from, to: [...to] },
    connection: message.transaction.connection,
    contentType: "message/rfc822",
    body,
  };
}

function refused(refusal: MailRefusal, eventId: string | null = null): MailEnd {
  return { kind: "refused", refusal, eventId };
}
