/**
 * The least that delivering takes, without Inlet: the same records by kafkajs, decoded, and the same calls to the CRM, so many emails at a
 * time; no ledger, no order, no retries, no traces. Takes a {@link BarePlan}, answers a {@link BareResult}, ends with its parent.
 */
import { createCodec, createRegistry } from "@inlet/event-codec";
import { groupIn, SHARED_LANE, topicIn, type NormalizedEvent } from "@inlet/schemas";
import { Kafka, logLevel } from "kafkajs";
import { Pool } from "undici";

export interface BarePlan {
  readonly brokers: readonly string[];
  readonly registryUrl: string;
  readonly crmUrl: string;
  readonly atOnce: number;
  /** Emails that begin a conversation, and replies; it ends when it has made the calls for all of them. */
  readonly cold: number;
  readonly warm: number;
}

/** When each email's last call was answered, epoch ms. */
export interface BareResult {
  readonly cold: readonly number[];
  readonly warm: readonly number[];
}

process.on("disconnect", () => process.exit());
process.on("message", (plan: BarePlan) => {
  void deliverAll(plan).then((result) => process.send?.(result));
});

async function deliverAll(plan: BarePlan): Promise<BareResult> {
  const codec = createCodec({ registry: createRegistry({ url: plan.registryUrl, auth: null }) });
  const crm = new Pool(plan.crmUrl, { connections: 64, pipelining: 1 });
  const contacts = new Map<string, { contactId: string; dealId: string }>();
  const ended: { cold: number[]; warm: number[] } = { cold: [], warm: [] };
  const all = Promise.withResolvers<void>();

  /** Contact, deal and their association where the email begins a conversation; its activity in any case. */
  const deliver = async (event: NormalizedEvent): Promise<void> => {
    const email = `bare-${event.from?.email}`;
    const key = `bare-${event.conversationId}`;
    let known = contacts.get(email);
    if (known === undefined) {
      const inputs = [{ id: email, idProperty: "email", properties: { email, firstname: "Sender" } }];
      await post(crm, "contacts/batch/read", { idProperty: "email", properties: ["email"], inputs: [{ id: email }] });
      const contactId = getId(await post(crm, "contacts/batch/upsert", { inputs }));
      const deal = { dealname: event.subject, pipeline: "default", dealstage: "appointmentscheduled" };
      const upsert = { id: key, idProperty: "inlet_conversation", properties: deal };
      const dealId = getId(await post(crm, "deals/batch/upsert", { inputs: [upsert] }));
      await call(crm, "PUT", `/crm/v4/objects/deals/${dealId}/associations/default/contacts/${contactId}`);
      known = { contactId, dealId };
      contacts.set(email, known);
    }
    const types = (id: number) => [{ associationCategory: "HUBSPOT_DEFINED", associationTypeId: id }];
    await post(crm, "emails", {
      properties: {
        inlet_email_key: `bare-${event.emailKey}`,
        hs_timestamp: new Date(event.receivedAt).toISOString(),
        hs_email_direction: "INCOMING_EMAIL",
        hs_email_status: "SENT",
        hs_email_subject: event.subject,
        hs_email_text: event.text,
        hs_email_html: event.html,
      },
      associations: [
        { to: { id: known.contactId }, types: types(198) },
        { to: { id: known.dealId }, types: types(210) },
      ],
    });
    (event.inReplyTo === null ? ended.cold : ended.warm).push(Date.now());
    if (ended.cold.length >= plan.cold && ended.warm.length >= plan.warm) all.resolve();
  };

  const consumer = new Kafka({ brokers: [...plan.brokers], clientId: "bench-bare", logLevel: logLevel.ERROR }).consumer(
    { groupId: groupIn("bench-bare", SHARED_LANE), maxWaitTimeInMs: 100 },
  );
  await consumer.connect();
  await consumer.subscribe({ topic: topicIn("normalizedEvents", SHARED_LANE), fromBeginning: true });
  const place = places(plan.atOnce);
  await consumer.run({
    partitionsConsumedConcurrently: 6,
    eachBatch: async ({ batch }) => {
      await Promise.all(
        batch.messages.map(async ({ value, headers }) =>
          place(async () => {
            const schema = String(headers?.["inlet-schema"]);
            await deliver(await codec.decode("NormalizedEvent", value ?? Buffer.alloc(0), schema));
          }),
        ),
      ).catch(all.reject);
    },
  });
  await all.promise;
  await consumer.disconnect();
  await crm.close();
  return ended;
}

async function post(crm: Pool, path: string, body: object): Promise<Record<string, unknown>> {
  return call(crm, "POST", `/crm/v3/objects/${path}`, body);
}

async function call(crm: Pool, method: "POST" | "PUT", path: string, body?: object): Promise<Record<string, unknown>> {
  const headers = {
    authorization: "Bearer token-of-bench",
    ...(body === undefined ? {} : { "content-type": "application/json" }),
  };
  const answer = await crm.request({
    method,
    path,
    headers,
    body: body === undefined ? null : JSON.stringify(body),
  });
  const text = await answer.body.text();
  if (answer.statusCode >= 300) throw new Error(`${method} ${path}: ${answer.statusCode} ${text.slice(0, 300)}`);
  return JSON.parse(text) as Record<string, unknown>;
}

function getId(answer: Record<string, unknown>): string {
  return (answer["results"] as { id: string }[])[0]?.id ?? "";
}

/** Runs tasks, at most `most` of them at a time, the others in their order. */
function places(most: number): <T>(task: () => Promise<T>) => Promise<T> {
  let free = most;
  const waiting: (() => void)[] = [];
  return async (task) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await task();
    } finally {
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    }
  };
}
