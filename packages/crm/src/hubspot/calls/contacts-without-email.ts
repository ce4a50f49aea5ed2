import { cutText } from "@inlet/schemas";
import type { CallOptions, CallResult, ContactInput, Written } from "../../port.ts";
import { nothingCame, readBatch, writeBatch } from "../batches/batch-rows.ts";
import type { HubSpotClient } from "../client/client.ts";
import { HUBSPOT_LIMITS } from "../limits.ts";

const KEY = "inlet_contact_key";

/**
 * The contact of an address that HubSpot takes for none (`root@localhost`, a host with an underscore, an IP address): without its email, known
 * by the unique property `inlet_contact_key`, and with the address as its last name where it has no other.
 */
export async function upsertWithoutEmail(
  client: HubSpotClient,
  { email, firstName, lastName }: ContactInput,
  options: CallOptions,
): Promise<CallResult<Written>> {
  const found = await findWithoutEmail(client, email, options);
  if (!found.ok) return found;
  if (found.value !== null) return { ok: true, value: { ...found.value, created: false } };
  const properties = {
    [KEY]: email,
    ...(firstName === null ? {} : { firstname: cutText(firstName, HUBSPOT_LIMITS.name) }),
    lastname: cutText(lastName ?? (firstName === null ? email : ""), HUBSPOT_LIMITS.name),
  };
  const path = `${client.paths.objects("contacts")}/batch/upsert`;
  const inputs = [{ id: email, idProperty: KEY, properties }];
  const made = await writeBatch(client, { path, inputs, keys: [email], property: KEY }, options);
  if (!made.ok) return made;
  const [row] = made.value;
  if (row === undefined) return nothingCame();
  if (!row.ok) return row;
  const warnings = ["contact_address_refused: HubSpot does not take the sender's address; its contact has none"];
  return { ok: true, value: { recordId: row.value.id, created: row.value.new ?? null, warnings } };
}

export async function findWithoutEmail(
  client: HubSpotClient,
  email: string,
  options: CallOptions,
): Promise<CallResult<{ recordId: string } | null>> {
  const path = `${client.paths.objects("contacts")}/batch/read`;
  const read = await readBatch(client, { path, ids: [email], idProperty: KEY, of: [KEY] }, options);
  if (!read.ok) return read;
  const [record] = read.value;
  return { ok: true, value: record === undefined ? null : { recordId: record.id } };
}
