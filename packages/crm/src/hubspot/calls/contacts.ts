import { cutText } from "@inlet/schemas";
import type { CallOptions, CallResult, ContactInput, Written } from "../../port.ts";
import { batchAnswer, hubSpotRecord } from "../client/answer.ts";
import type { HubSpotError } from "../client/answer.ts";
import type { HubSpotClient } from "../client/client.ts";
import { nothingCame } from "../batches/batch-rows.ts";
import { toBatchFault, gone, outage, passing } from "../client/faults.ts";

import { HUBSPOT_LIMITS } from "../limits.ts";

/** HubSpot's association type from a contact to a company. */
const CONTACT_TO_COMPANY = 279;

/**
 * Finds the contact by its address, else makes it. The look-up comes first because an upsert overwrites: a name that a person put into the
 * CRM is worth more than a `From` header's. Reads and writes go by the unique property, never through the search index; two that make the
 * same contact at once end in one record.
 */
export async function upsertContact(
  client: HubSpotClient,
  input: ContactInput,
  options: CallOptions,
): Promise<CallResult<Written>> {
  const found = await findContact(client, input.email, options);
  if (!found.ok) return found;
  if (found.value !== null) return { ok: true, value: { recordId: found.value.recordId, created: false } };
  if (typeof input.companyId === "string") return createInCompany(client, input, options);

  const path = `${client.paths.objects("contacts")}/batch/upsert`;
  const made = await client.call(
    { method: "POST", path, template: path, write: true, body: { inputs: [contactUpsert(input)] } },
    options,
  );
  if (!made.ok) return made;
  if (made.value.kind === "conflict") return findConflictContact(client, input, made.value.error, options);
  if (made.value.kind === "not-found") return nothingCame();

  const { results, errors } = batchAnswer(made.value.body);
  const [record] = results;
  if (record !== undefined) return { ok: true, value: { recordId: record.id, created: record.new ?? null } };
  const [error] = errors;
  if (error === undefined) return nothingCame();
  return error.category === "CONFLICT"
    ? findConflictContact(client, input, error, options)
    : { ok: false, fault: toBatchFault(error) };
}

/** With its company in the same call, which a batch upsert cannot do: a contact that is there is there with its company. */
async function createInCompany(
  client: HubSpotClient,
  input: ContactInput,
  options: CallOptions,
): Promise<CallResult<Written>> {
  const path = client.paths.objects("contacts");
  const body = contactCreate(input);
  const made = await client.call({ method: "POST", path, template: path, write: true, body }, options);
  if (!made.ok) return made;
  if (made.value.kind === "conflict") return findConflictContact(client, input, made.value.error, options);
  if (made.value.kind === "not-found") {
    return { ok: false, fault: gone("the contact's company is gone") };
  }
  const record = hubSpotRecord(made.value.body);
  return record === null
    ? { ok: false, fault: outage("hubspot:unreadable", "a contact without an id", { unknown: true }) }
    : { ok: true, value: { recordId: record.id, created: true } };
}

/** The contact with this address, by batch read: consistent, and a miss is no failed request in HubSpot's books. */
export async function findContact(
  client: HubSpotClient,
  email: string,
  options: CallOptions,
): Promise<CallResult<{ recordId: string } | null>> {
  const path = `${client.paths.objects("contacts")}/batch/read`;
  const body = { idProperty: "email", properties: ["email"], propertiesWithHistory: [], inputs: [{ id: email }] };
  const read = await client.call({ method: "POST", path, template: path, write: false, body }, options);
  if (!read.ok) return read;
  if (read.value.kind !== "ok") return { ok: true, value: null };
  const { results, errors } = batchAnswer(read.value.body);
  const [record] = results;
  if (record !== undefined) return { ok: true, value: { recordId: record.id } };
  const refused = errors.find((error) => error.category !== "OBJECT_NOT_FOUND");
  return refused === undefined ? { ok: true, value: null } : { ok: false, fault: toBatchFault(refused) };
}

/** Another call made the contact between our look and our write, or the address is another contact's second one: use that contact. */
async function findConflictContact(
  client: HubSpotClient,
  input: ContactInput,
  error: HubSpotError,
  options: CallOptions,
): Promise<CallResult<Written>> {
  const again = await findContact(client, input.email, options);
  if (!again.ok) return again;
  const recordId = again.value?.recordId ?? /Existing ID: (\d+)/.exec(error.text)?.[1];
  return recordId === undefined
    ? { ok: false, fault: passing("hubspot:lookup-lag", "the address is taken, but its contact cannot be found yet") }
    : { ok: true, value: { recordId, created: false } };
}

/** An entry of `batch/upsert`. */
function contactUpsert(input: ContactInput): object {
  return { id: input.email, idProperty: "email", properties: buildProperties(input) };
}

/** A create, which may hold the contact's company, as an upsert may not. */
export function contactCreate(input: ContactInput): object {
  const types = [{ associationCategory: "HUBSPOT_DEFINED", associationTypeId: CONTACT_TO_COMPANY }];
  const { companyId } = input;
  const associations = typeof companyId === "string" ? [{ to: { id: companyId }, types }] : [];
  return { properties: buildProperties(input), associations };
}

function buildProperties({ email, firstName, lastName }: ContactInput): Record<string, string> {
  return {
    email,
    ...(firstName === null ? {} : { firstname: cutText(firstName, HUBSPOT_LIMITS.name) }),
    ...(lastName === null ? {} : { lastname: cutText(lastName, HUBSPOT_LIMITS.name) }),
  };
}
