import { readEnvironment } from "@inlet/config";
import { headerText, laneFault, laneStates } from "@inlet/kafka";
import type { Admin, KafkaRecord } from "@inlet/kafka";
import { HEADER, groupIn, lanesIn, topicIn } from "@inlet/schemas";
import { type CliContext, operatorEnvironment } from "./context.ts";
import { withAdmin } from "./kafka-admin.ts";

/** An email that the gateway accepted and no parser has read: Kafka has it, the ledger does not know it. */
export interface UnreadEmail {
  readonly eventId: string;
  readonly tenant: string;
  readonly lane: string;
  readonly state: "unread";
  readonly raw: { readonly topic: string; readonly partition: number; readonly offset: number };
  /** Epoch ms. */
  readonly acceptedAt: number;
  /** Records of its partition that the parser has to read before it. */
  readonly before: number;
  /** Why none reads it, where the lane has no reader. */
  readonly laneFault: string | null;
}

/** Of more unread mail than this the rest is not searched: the ledger will know it when the parser comes to it. */
const MOST_RECORDS = 100_000;

/** Looks for an eventId among the records that the parsers of all lanes have still to read. */
export async function findUnread(context: CliContext, eventId: string): Promise<UnreadEmail | null> {
  if (!eventId.startsWith("evt_")) return null;
  const environment = readEnvironment(operatorEnvironment(context), ["kafka"]);
  return withAdmin(environment, async (admin) => findUnreadIn(admin, eventId)).catch((error: unknown) => {
    context.err(`unread mail was not looked at: ${(error as Error).message}`);
    return null;
  });
}

export async function findUnreadIn(admin: Admin, eventId: string): Promise<UnreadEmail | null> {
  for (const lane of lanesIn(await admin.topics())) {
    const topic = topicIn("rawEvents", lane);
    const committed = await admin.committedOffsets(groupIn("parser", lane), topic);
    let left = MOST_RECORDS;
    for await (const record of admin.readAll(topic, committed)) {
      if (headerText(record.headers, HEADER.eventId) === eventId)
        return describe(admin, record, lane, eventId, committed.get(record.partition));
      if (--left === 0) break;
    }
  }
  return null;
}

async function describe(
  admin: Admin,
  { topic, partition, offset, timestamp, headers }: KafkaRecord,
  lane: string,
  eventId: string,
  committed: bigint | undefined,
): Promise<UnreadEmail> {
  const low = (await admin.topicOffsets(topic)).find((range) => range.partition === partition)?.low ?? 0n;
  const [state] = await laneStates(admin, [lane]);
  return {
    eventId,
    tenant: headerText(headers, HEADER.tenant) ?? "unknown",
    lane,
    state: "unread",
    raw: { topic, partition, offset: Number(offset) },
    acceptedAt: timestamp,
    before: Number(offset - (committed !== undefined && committed > low ? committed : low)),
    laneFault: state === undefined ? null : laneFault(state),
  };
}

export function describeUnread({ eventId, tenant, lane, raw, acceptedAt, before, laneFault }: UnreadEmail): string {
  return [
    eventId,
    "  state          accepted, not read by the parser yet",
    `  tenant, lane   ${tenant}, ${lane}`,
    `  raw event      ${raw.topic}, partition ${raw.partition}, offset ${raw.offset}`,
    `  accepted       ${new Date(acceptedAt).toISOString()}`,
    `  before it      ${before} unread records of its partition`,
    ...(laneFault === null ? [] : [`  warning        ${laneFault}`]),
  ].join("\n");
}
