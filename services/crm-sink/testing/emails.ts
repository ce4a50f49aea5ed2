import { readTenant, type TenantConfig } from "@inlet/config";
import { recordHeaders, buildSchemaHeader, type Codec } from "@inlet/event-codec";
import type { KafkaRecord } from "@inlet/kafka";
import { buildConversationId, buildEmailKey, buildEventId, topicIn, type NormalizedEvent } from "@inlet/schemas";

const ENV = { SECRET: `whsec_${Buffer.from("0123456789abcdef0123456789abcdef").toString("base64")}`, TOKEN: "t" };

/** A tenant whose CRM is an HTTP API: contacts and activities, no deals, no companies. */
export function httpTenant(id: string, baseUrl: string, timeout = "8s"): TenantConfig {
  const text = `
name: ${id}
maxAge: 30d
mailboxes: { sales: { addresses: [sales@${id}.example] } }
sources: { signed-json: { kind: signed-json, secrets: [env:SECRET] } }
crm:
  kind: http
  baseUrl: ${baseUrl}
  token: env:TOKEN
  timeout: ${timeout}
  newDeal: none
  files: link
  companies: "off"
  requests:
    ping: { path: /ping }
    contact: { write: { method: POST, path: /contacts, body: { email: "{{email}}" } }, id: /id, idempotent: true }
    activity: { write: { method: POST, path: /activities, body: { subject: "{{subject}}" } }, id: /id, idempotent: true }
`;
  const { tenant, faults } = readTenant(id, text, { where: `${id}.yaml`, env: ENV, baseDir: "/" });
  if (tenant === null) throw new Error(JSON.stringify(faults));
  return tenant;
}

/** A normalized email of a customer who is called `name`. */
export function buildEmail(tenant: string, name: string, change: Partial<NormalizedEvent> = {}): NormalizedEvent {
  const messageId = `${name}@customers.example`;
  const from = { name, email: messageId };
  const contentHash = `hash-of-${name}`;
  const now = Date.now();
  return {
    eventId: buildEventId(tenant, "signed-json", name),
    tenantId: tenant,
    emailKey: buildEmailKey(tenant, { messageId, from: from.email, dateAsSent: null, subject: null, contentHash }),
    contentHash,
    conversationId: buildConversationId(tenant, messageId),
    lane: "shared",
    receivedAt: now,
    parsedAt: now,
    source: { name: "signed-json", kind: "signed-json", deliveryId: null, eventId: null, receivedAt: null },
    mailbox: "sales",
    envelope: null,
    messageId,
    inReplyTo: null,
    references: [],
    from,
    contact: null,
    banner: null,
    sender: null,
    replyTo: [],
    to: [{ name: null, email: "sales@inlet.example" }],
    cc: [],
    bcc: [],
    date: now,
    subject: `Offer for ${name}`,
    text: "Hello",
    html: null,
    replyText: "Hello",
    signature: null,
    attachments: [],
    auth: { spf: null, dkim: null, dmarc: null },
    spamVerdict: null,
    spamScore: null,
    classification: { kind: "human", reasons: [] },
    addressTags: [],
    headers: [],
    rawRef: null,
    warnings: [],
    ...change,
  };
}

/** The email's record in Kafka, as the parser produces it. */
export async function buildRecord(
  codec: Codec,
  event: NormalizedEvent,
  at: { readonly partition: number; readonly offset: bigint } = { partition: 0, offset: 1n },
): Promise<KafkaRecord> {
  return {
    topic: topicIn("normalizedEvents", "shared"),
    ...at,
    timestamp: event.parsedAt,
    key: Buffer.from(`${event.tenantId}/${event.conversationId}`),
    value: await codec.encode("NormalizedEvent", event),
    headers: recordHeaders({
      tenant: event.tenantId,
      eventId: event.eventId,
      lane: "shared",
      schema: buildSchemaHeader("NormalizedEvent"),
      emailKey: event.emailKey,
      parsedAt: event.parsedAt,
      pass: 0,
    }).map(([header, value]) => [header, Buffer.from(value)]),
  };
}
