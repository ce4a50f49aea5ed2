import type { CallOptions, CallResult, SentFromCrm } from "../../port.ts";
import { batchAnswer } from "../client/answer.ts";
import type { HubSpotClient } from "../client/client.ts";
import { ofSearch } from "../client/searches.ts";

/** HubSpot takes 100 values of an IN, in lower case for text; each id is asked for with and without its brackets. */
const MOST = 40;

/**
 * The deal of the email that people sent from HubSpot, or logged there, by the first of these Message-IDs that has one: a search by
 * `hs_email_message_id`, which HubSpot fills for mail of connected inboxes, then that email's deals. Of an email at several deals none is taken.
 */
export async function findSentMessage(
  client: HubSpotClient,
  messageIds: readonly string[],
  options: CallOptions,
): Promise<CallResult<SentFromCrm | null>> {
  const asked = messageIds.slice(0, MOST);
  const values = asked.map((id) => id.toLowerCase()).flatMap((id) => [id, `<${id}>`]);
  const filters = [
    { propertyName: "hs_email_message_id", operator: "IN", values },
    { propertyName: "hs_email_direction", operator: "EQ", value: "EMAIL" },
  ];
  const path = `${client.paths.objects("emails")}/search`;
  const body = { filterGroups: [{ filters }], sorts: [], properties: ["hs_email_message_id"], limit: 10, after: "0" };
  const answer = await client.call({ method: "POST", path, template: path, write: false, body }, options);
  if (!answer.ok) return { ok: false, fault: ofSearch(answer.fault) };
  const found = answer.value.kind === "ok" ? batchAnswer(answer.value.body).results : [];
  const byId = new Map(found.map(({ id, properties }) => [bare(properties["hs_email_message_id"] ?? ""), id]));
  const messageId = asked.find((id) => byId.has(bare(id)));
  if (messageId === undefined) return { ok: true, value: null };
  const email = await client.call(
    {
      method: "GET",
      path: `${client.paths.object("emails", byId.get(bare(messageId)) ?? "")}?associations=deals`,
      template: `${client.paths.objects("emails")}/{emailId}`,
      write: false,
    },
    options,
  );
  if (!email.ok) return { ok: false, fault: ofSearch(email.fault) };
  const deals = email.value.kind === "ok" ? readDeals(email.value.body) : [];
  const [dealId] = deals;
  return { ok: true, value: dealId === undefined || deals.length > 1 ? null : { messageId, dealId } };
}

function bare(messageId: string): string {
  return messageId.trim().replace(/^<|>$/g, "").toLowerCase();
}

function readDeals(body: Record<string, unknown>): string[] {
  const { associations } = body as { associations?: { deals?: { results?: readonly { id?: unknown }[] } } };
  const ids = (associations?.deals?.results ?? []).flatMap(({ id }) =>
    typeof id === "string" || typeof id === "number" ? [String(id)] : [],
  );
  return [...new Set(ids)];
}
