import type {
  ActivityInput,
  Batch,
  CallFault,
  CallOptions,
  CallResult,
  CompanyMatch,
  ContactInput,
  DealInput,
  DealRead,
  Written,
} from "../../port.ts";
import { activityCreate } from "../calls/activities.ts";
import type { HubSpotRecord } from "../client/answer.ts";
import { MOST_ROWS, readBatch, refused, untold, writeBatch } from "./batch-rows.ts";
import type { HubSpotClient } from "../client/client.ts";
import { findCompanies } from "../calls/companies.ts";
import { contactCreate } from "../calls/contacts.ts";
import type { HubSpotContext } from "../context.ts";
import { canBeDealId, DEAL_PROPERTIES, dealRead, dealUpsert, formatPlace } from "../calls/deals.ts";
import { isPropertyMissing } from "../client/faults.ts";
import { SEARCH_COST } from "../client/searches.ts";
import type { DealStages } from "../account/stages.ts";
import { byAnyId, MERGED_IDS } from "../calls/where-is.ts";

/** Of a batch of activities: far below the longest answer that the transport reads, bytes. */
const MOST_BYTES = 2 * 1024 * 1024;

type Rows<T> = CallResult<readonly CallResult<T>[]>;

/** The same writes as one by one, with the same unique keys, so that what one leaves unknown the other settles. */
export function contactBatch({ client }: HubSpotContext): Batch<ContactInput, Written> {
  return {
    name: "upsertContact",
    most: MOST_ROWS,
    // Read, create of those that are not there.
    cost: { requests: 2 },
    send: (inputs, options) => upsertContacts(client, inputs, options),
  };
}

export function dealBatch(context: HubSpotContext): Batch<DealInput, Written> {
  return {
    name: "createDeal",
    most: MOST_ROWS,
    // Upsert, associations.
    cost: { requests: 2 },
    send: (inputs, options) =>
      context.withProperties(() => createDeals(context, inputs, options), options, { missing: lacksProperties }),
  };
}

export function dealReads({ client }: HubSpotContext): Batch<string, DealRead | null> {
  return {
    name: "getDeal",
    most: MOST_ROWS,
    cost: { requests: 1 },
    send: (ids, options) => getDeals(client, ids, options),
  };
}

export function companySearch({ client }: HubSpotContext): Batch<string, CompanyMatch | null> {
  return {
    name: "findCompany",
    most: MOST_ROWS,
    cost: SEARCH_COST,
    send: (domains, options) => findCompanies(client, domains, options),
  };
}

export function activityBatch(context: HubSpotContext): Batch<ActivityInput, Written> {
  return {
    name: "createActivity",
    most: MOST_ROWS,
    bytes: { of: countBytes, most: MOST_BYTES },
    cost: { requests: 1 },
    send: (inputs, options) =>
      context.withProperties(() => createActivities(context, inputs, options), options, { missing: lacksProperties }),
  };
}

/** A name that a person put into the CRM is worth more than a `From` header's: who is there is read first, and left as it is. */
async function upsertContacts(
  client: HubSpotClient,
  inputs: readonly ContactInput[],
  options: CallOptions,
): Promise<Rows<Written>> {
  const path = client.paths.objects("contacts");
  const ids = inputs.map(({ email }) => email);
  const read = await readBatch(
    client,
    { path: `${path}/batch/read`, ids, idProperty: "email", of: ["email"] },
    options,
  );
  if (!read.ok) return refused(read.fault, inputs);
  const there = new Map(read.value.map(({ id, properties }) => [properties["email"]?.toLowerCase(), id]));
  const missing = inputs.filter(({ email }) => !there.has(email.toLowerCase()));
  // A create, since a batch upsert cannot tie a contact to its company; what was made meanwhile is a conflict of its row alone.
  const rows = await callForEach(missing, (some) =>
    writeBatch(
      client,
      {
        path: `${path}/batch/create`,
        inputs: some.map(contactCreate),
        keys: some.map(({ email }) => email),
        property: "email",
      },
      options,
    ),
  );
  return {
    ok: true,
    value: inputs.map((input) => {
      const recordId = there.get(input.email.toLowerCase());
      return recordId === undefined
        ? written(rows.get(input), () => true)
        : { ok: true, value: { recordId, created: false } };
    }),
  };
}

/** Once a deal is written, a failure of its association is `unknown`, as with a single one: something was carried out. */
async function createDeals(
  { client, stages }: HubSpotContext,
  inputs: readonly DealInput[],
  options: CallOptions,
): Promise<Rows<Written>> {
  const places = new Map<DealInput, Awaited<ReturnType<DealStages["resolve"]>>>();
  for (const input of inputs) places.set(input, await stages.resolve(input, options));
  const placed = inputs.flatMap((input) => {
    const place = places.get(input);
    return place?.ok === true ? [{ input, place: place.value }] : [];
  });
  const made = await callForEach(placed, (some) =>
    writeBatch(
      client,
      {
        path: `${client.paths.objects("deals")}/batch/upsert`,
        inputs: some.map(({ input, place }) => dealUpsert(input, place)),
        keys: some.map(({ input }) => input.key),
        property: "inlet_conversation",
      },
      options,
    ),
  );
  const rows = new Map<DealInput, CallResult<Written>>();
  for (const each of placed) {
    const row = written(made.get(each), (record) => record.new ?? null);
    const stored = { place: formatPlace(each.place) };
    rows.set(each.input, row.ok ? { ok: true, value: { ...row.value, stored } } : row);
  }
  const failed = await associate(client, rows, options);
  return {
    ok: true,
    value: inputs.map((input) => {
      const place = places.get(input);
      if (place?.ok === false) return place;
      const fault = failed.get(input);
      return fault === undefined ? (rows.get(input) ?? { ok: false, fault: untold() }) : { ok: false, fault };
    }),
  };
}

/** Ties the deals that were written to their contacts; answers what failed, by the deal. */
async function associate(
  client: HubSpotClient,
  rows: ReadonlyMap<DealInput, CallResult<Written>>,
  options: CallOptions,
): Promise<ReadonlyMap<DealInput, CallFault>> {
  const pairs = [...rows].flatMap(([input, row]) =>
    row.ok ? [{ input, from: { id: row.value.recordId }, to: { id: input.contactId } }] : [],
  );
  if (pairs.length === 0) return new Map();
  const path = client.paths.associations("deals", "contacts");
  const body = { inputs: pairs.map(({ from, to }) => ({ from, to })) };
  const answer = await client.call({ method: "POST", path, template: path, write: true, body }, options);
  if (!answer.ok) {
    const { fault } = answer;
    const after: CallFault = fault.kind === "outage" ? { ...fault, unknown: true } : { ...untold(), code: fault.code };
    return new Map(pairs.map(({ input }) => [input, after]));
  }
  const results = answer.value.kind === "ok" ? answer.value.body["results"] : [];
  const tied = new Set(
    ((Array.isArray(results) ? results : []) as { from?: { id?: unknown }; to?: { id?: unknown } }[]).map(
      ({ from, to }) => `${String(from?.id)} ${String(to?.id)}`,
    ),
  );
  return new Map(
    pairs.filter(({ from, to }) => !tied.has(`${from.id} ${to.id}`)).map(({ input }) => [input, untold()]),
  );
}

async function getDeals(
  client: HubSpotClient,
  dealIds: readonly string[],
  options: CallOptions,
): Promise<Rows<DealRead | null>> {
  const ids = [...new Set(dealIds.filter(canBeDealId))];
  const path = `${client.paths.objects("deals")}/batch/read`;
  const read =
    ids.length === 0
      ? { ok: true as const, value: [] }
      : await readBatch(client, { path, ids, of: [MERGED_IDS, ...DEAL_PROPERTIES] }, options);
  if (!read.ok) return refused(read.fault, dealIds);
  const there = byAnyId(read.value);
  return {
    ok: true,
    value: dealIds.map((id) => {
      const record = there.get(id);
      return { ok: true, value: record === undefined ? null : dealRead(record) };
    }),
  };
}

async function createActivities(
  { client, options: { tenant } }: HubSpotContext,
  inputs: readonly ActivityInput[],
  options: CallOptions,
): Promise<Rows<Written>> {
  const made = await writeBatch(
    client,
    {
      path: `${client.paths.objects("emails")}/batch/create`,
      inputs: inputs.map((input) => activityCreate(input, tenant)),
      keys: inputs.map(({ key }) => key),
      property: "inlet_email_key",
    },
    options,
  );
  return made.ok ? { ok: true, value: made.value.map((row) => written(row, () => true)) } : made;
}

/** About what the email adds to the request, and to the answer, which repeats it. */
function countBytes({ text, html, to, cc }: ActivityInput): number {
  return Buffer.byteLength(text) + Buffer.byteLength(html ?? "") + 100 * (to.length + cc.length) + 4_096;
}

/** Each item's result of a call for all of them; none is made for none, and a fault of the whole is each one's. */
async function callForEach<I, T>(
  items: readonly I[],
  call: (items: readonly I[]) => Promise<Rows<T>>,
): Promise<ReadonlyMap<I, CallResult<T>>> {
  if (items.length === 0) return new Map();
  const result = await call(items);
  return new Map(
    items.map((item, index) => [item, result.ok ? (result.value[index] ?? { ok: false, fault: untold() }) : result]),
  );
}

function written(
  row: CallResult<HubSpotRecord> | undefined,
  created: (record: HubSpotRecord) => boolean | null,
): CallResult<Written> {
  if (row === undefined) return { ok: false, fault: untold() };
  return row.ok ? { ok: true, value: { recordId: row.value.id, created: created(row.value) } } : row;
}

function lacksProperties<T>(result: Rows<T>): boolean {
  if (!result.ok) return isPropertyMissing(result.fault);
  return result.value.some((row) => !row.ok && isPropertyMissing(row.fault));
}
