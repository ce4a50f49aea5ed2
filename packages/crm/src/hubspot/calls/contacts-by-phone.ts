import { parsePhoneNumberFromString } from "libphonenumber-js";
import type { CallOptions, CallResult } from "../../port.ts";
import { batchAnswer, type HubSpotRecord } from "../client/answer.ts";
import type { HubSpotClient } from "../client/client.ts";
import { ofSearch } from "../client/searches.ts";

/** More contacts than this with one national number: it is no one's own. */
const MOST = 20;

/** HubSpot's own copies of the fields, without punctuation and country code, for searches. */
const SEARCHABLE = ["hs_searchable_calculated_phone_number", "hs_searchable_calculated_mobile_number"] as const;
const WRITTEN = ["phone", "mobilephone"] as const;

/**
 * The only contact with this number. HubSpot searches numbers without their country code
 * (https://developers.hubspot.com/docs/api-reference/search/guide), so what it finds is compared in full here.
 *
 * @param phone E.164
 */
export async function findContactByPhone(
  client: HubSpotClient,
  phone: string,
  options: CallOptions,
): Promise<CallResult<{ recordId: string } | null>> {
  const number = parsePhoneNumberFromString(phone);
  if (number === undefined) return { ok: true, value: null };
  const path = `${client.paths.objects("contacts")}/search`;
  const filterGroups = SEARCHABLE.map((propertyName) => ({
    filters: [{ propertyName, operator: "EQ", value: String(number.nationalNumber) }],
  }));
  const body = { filterGroups, sorts: [], properties: WRITTEN, limit: MOST, after: "0" };
  const answer = await client.call({ method: "POST", path, template: path, write: false, body }, options);
  if (!answer.ok) return { ok: false, fault: ofSearch(answer.fault) };
  const results = answer.value.kind === "ok" ? batchAnswer(answer.value.body).results : [];
  if (results.length === MOST) return { ok: true, value: null };
  const [only, second] = results.filter((contact) => hasPhone(contact, number));
  return { ok: true, value: only === undefined || second !== undefined ? null : { recordId: only.id } };
}

/** A number without a country code is read as one of the same country: the search has found its digits. */
function hasPhone(
  { properties }: HubSpotRecord,
  { number, country }: { number: string; country?: string | undefined },
) {
  return WRITTEN.some((name) => {
    const written = properties[name] ?? "";
    const options = country === undefined ? {} : { defaultCountry: country as "DE" };
    return parsePhoneNumberFromString(written, options)?.number === number;
  });
}
