import { cutText } from "@inlet/schemas";
import type { CallFault, CallOptions, CallResult, DealInput, DealRead, Written } from "../../port.ts";
import { batchAnswer, hubSpotRecord, type HubSpotRecord } from "../client/answer.ts";
import { nothingCame } from "../batches/batch-rows.ts";
import type { HubSpotClient } from "../client/client.ts";
import { toBatchFault, gone, outage, passing } from "../client/faults.ts";
import { HUBSPOT_LIMITS } from "../limits.ts";
import type { DealPlace, DealStages } from "../account/stages.ts";

/**
 * The conversation's deal: a batch upsert by the unique property `inlet_conversation`, then the default association to the contact.
 * Both may be sent again without a second deal. Once the deal is written, a failure of the association is `unknown`: something was carried out.
 */
export async function createDeal(
  client: HubSpotClient,
  stages: DealStages,
  input: DealInput,
  options: CallOptions,
): Promise<CallResult<Written>> {
  const place = await stages.resolve({ pipeline: input.pipeline, stage: input.stage }, options);
  if (!place.ok) return place;

  const deal = await createAt(client, input, place.value, stages, options);
  if (!deal.ok) return deal;

  const associated = await associateDeal(client, deal.value.recordId, input.contactId, options);
  return associated === null ? deal : { ok: false, fault: associated };
}

/** A place that people removed since it was read, or configured, is refused once; the deal begins elsewhere, and says so. */
async function createAt(
  client: HubSpotClient,
  input: DealInput,
  place: DealPlace,
  stages: DealStages,
  options: CallOptions,
): Promise<CallResult<Written>> {
  const first = await upsertDeal(client, input, place, options);
  if (first.ok || first.fault.code !== "hubspot:400:PLACE") return first;
  // One word may be a name as well as an id.
  const called = await stages.find(place, options);
  if (!called.ok) return called;
  if (called.value !== null && called.value.stage !== place.stage)
    return upsertDeal(client, input, called.value, options);
  const instead = await stages.instead(place, options);
  if (!instead.ok) return instead;
  if (instead.value === null) return first;
  const { pipeline, stage } = instead.value;
  const again = await upsertDeal(client, input, instead.value, options);
  if (!again.ok) return again;
  const warning = `deal_stage_missing: HubSpot has no stage ${place.stage} in pipeline ${place.pipeline}; the deal begins in ${stage} of ${pipeline}`;
  return { ok: true, value: { ...again.value, warnings: [warning] } };
}

async function upsertDeal(
  client: HubSpotClient,
  input: DealInput,
  place: DealPlace,
  options: CallOptions,
): Promise<CallResult<Written>> {
  const path = `${client.paths.objects("deals")}/batch/upsert`;
  const body = { inputs: [dealUpsert(input, place)] };
  const made = await client.call({ method: "POST", path, template: path, write: true, body }, options);
  if (!made.ok) return made;
  const deal = await toWrittenDeal(client, input.key, made.value, options);
  return deal.ok ? { ok: true, value: { ...deal.value, stored: { place: formatPlace(place) } } } : deal;
}

/** An entry of `batch/upsert`. */
export function dealUpsert(input: DealInput, place: DealPlace): object {
  const properties = {
    inlet_conversation: input.key,
    dealname: cutText(input.name, HUBSPOT_LIMITS.dealName),
    pipeline: place.pipeline,
    dealstage: place.stage,
    inlet_tags: cutText(input.tags.join(";"), HUBSPOT_LIMITS.tags),
  };
  return { id: input.key, idProperty: "inlet_conversation", properties };
}

async function toWrittenDeal(
  client: HubSpotClient,
  key: string,
  answer: { readonly kind: string; readonly body?: Record<string, unknown> },
  options: CallOptions,
): Promise<CallResult<Written>> {
  const { results, errors } = batchAnswer(answer.body ?? {});
  const [record] = results;
  if (record !== undefined) return { ok: true, value: { recordId: record.id, created: record.new ?? null } };
  const [error] = errors;
  if (answer.kind === "conflict" || error?.category === "CONFLICT") {
    const found = await findDeal(client, key, options);
    if (!found.ok) return found;
    return found.value === null
      ? { ok: false, fault: passing("hubspot:lookup-lag", "the conversation's deal is being made by another call") }
      : { ok: true, value: { recordId: found.value.recordId, created: false } };
  }
  if (error !== undefined) return { ok: false, fault: toBatchFault(error) };
  return nothingCame();
}

async function associateDeal(
  client: HubSpotClient,
  dealId: string,
  contactId: string,
  options: CallOptions,
): Promise<CallFault | null> {
  const answer = await client.call(
    {
      method: "PUT",
      path: client.paths.association("deals", dealId, "contacts", contactId),
      template: decodeURIComponent(client.paths.association("deals", "{dealId}", "contacts", "{contactId}")),
      write: true,
    },
    options,
  );
  if (!answer.ok) return answer.fault.kind === "outage" ? { ...answer.fault, unknown: true } : answer.fault;
  return answer.value.kind === "ok" ? null : gone("the deal or its contact is gone");
}

/** As `stored` and {@link DealRead} name where a deal stands. */
export function formatPlace({ pipeline, stage }: DealPlace): string {
  return `${pipeline}/${stage}`;
}

/** HubSpot's own of every deal, by the stage that it is in, whatever the account calls its stages. */
export const DEAL_PROPERTIES = ["hs_is_closed", "hs_is_closed_won", "pipeline", "dealstage"] as const;

/** The deal by its CRM id; null when there is none, or it is in the bin. */
export async function getDeal(
  client: HubSpotClient,
  dealId: string,
  options: CallOptions,
): Promise<CallResult<DealRead | null>> {
  if (!canBeDealId(dealId)) return { ok: true, value: null };
  const read = await readDeal(client, dealId, `?properties=${DEAL_PROPERTIES.join(",")}`, options);
  return read.ok ? { ok: true, value: read.value === null ? null : dealRead(read.value) } : read;
}

export function dealRead({ id, properties }: HubSpotRecord): DealRead {
  const { pipeline, dealstage: stage } = properties;
  const place = pipeline == null || stage == null ? {} : { place: formatPlace({ pipeline, stage }) };
  if (properties["hs_is_closed"] !== "true") return { recordId: id, closed: null, ...place };
  return { recordId: id, closed: properties["hs_is_closed_won"] === "true" ? "won" : "lost", ...place };
}

/** A tag in an address is written by anybody: what cannot be an id is not asked for. */
export function canBeDealId(dealId: string): boolean {
  return /^\d{1,20}$/.test(dealId);
}

export async function findDeal(
  client: HubSpotClient,
  key: string,
  options: CallOptions,
): Promise<CallResult<{ recordId: string } | null>> {
  const read = await readDeal(client, key, "?idProperty=inlet_conversation&properties=dealname", options);
  return read.ok ? { ok: true, value: read.value === null ? null : { recordId: read.value.id } } : read;
}

async function readDeal(
  client: HubSpotClient,
  id: string,
  query: string,
  options: CallOptions,
): Promise<CallResult<HubSpotRecord | null>> {
  const answer = await client.call(
    {
      method: "GET",
      path: client.paths.object("deals", id) + query,
      template: `${client.paths.objects("deals")}/{dealId}`,
      write: false,
    },
    options,
  );
  if (!answer.ok) return answer;
  if (answer.value.kind !== "ok") return { ok: true, value: null };
  const record = hubSpotRecord(answer.value.body);
  return record === null
    ? { ok: false, fault: outage("hubspot:unreadable", "a deal without an id", { unknown: false }) }
    : { ok: true, value: record };
}
