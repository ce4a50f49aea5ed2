import { cutText } from "@inlet/schemas";
import type { CallOptions, CallResult, CompanyInput, CompanyMatch, Written } from "../../port.ts";
import { batchAnswer, hubSpotRecord } from "../client/answer.ts";
import { refused } from "../batches/batch-rows.ts";
import type { HubSpotClient } from "../client/client.ts";
import { outage, passing } from "../client/faults.ts";
import { HUBSPOT_LIMITS } from "../limits.ts";
import { ofSearch } from "../client/searches.ts";

/** Records that a search answers at once. */
const MOST_FOUND = 200;

/**
 * The oldest company of the domain. HubSpot keeps domains of companies neither unique nor readable by key, so this asks the search index:
 * one that a person made some seconds ago is not found yet.
 */
export async function findCompany(
  client: HubSpotClient,
  domain: string,
  options: CallOptions,
): Promise<CallResult<CompanyMatch | null>> {
  const path = `${client.paths.objects("companies")}/search`;
  const filters = [{ propertyName: "domain", operator: "EQ", value: domain }];
  const sorts = [{ propertyName: "createdate", direction: "ASCENDING" }];
  const body = { filterGroups: [{ filters }], sorts, properties: ["domain"], limit: 2, after: "0" };
  const answer = await client.call({ method: "POST", path, template: path, write: false, body }, options);
  if (!answer.ok) return { ok: false, fault: ofSearch(answer.fault) };
  const [oldest, second] = answer.value.kind === "ok" ? batchAnswer(answer.value.body).results : [];
  return { ok: true, value: oldest === undefined ? null : { recordId: oldest.id, several: second !== undefined } };
}

/** As {@link findCompany} for many domains in one search, which is charged as one. */
export async function findCompanies(
  client: HubSpotClient,
  domains: readonly string[],
  options: CallOptions,
): Promise<CallResult<readonly CallResult<CompanyMatch | null>[]>> {
  const path = `${client.paths.objects("companies")}/search`;
  const filters = [{ propertyName: "domain", operator: "IN", values: [...new Set(domains)] }];
  const sorts = [{ propertyName: "createdate", direction: "ASCENDING" }];
  const body = { filterGroups: [{ filters }], sorts, properties: ["domain"], limit: MOST_FOUND, after: "0" };
  const answer = await client.call({ method: "POST", path, template: path, write: false, body }, options);
  if (!answer.ok) {
    // Of the faults that are no outage only a 400 can be one domain's; taken apart, the others would be more searches that fail.
    const fault = ofSearch(answer.fault);
    return fault.code.startsWith("hubspot:400") ? refused(fault, domains) : { ok: false, fault };
  }
  const results = answer.value.kind === "ok" ? batchAnswer(answer.value.body).results : [];
  if (results.length === MOST_FOUND)
    return refused(passing("hubspot:207", "the domains have more companies than a search answers at once"), domains);
  const found = Map.groupBy(results, ({ properties }) => properties["domain"]?.toLowerCase());
  return {
    ok: true,
    value: domains.map((domain) => {
      const [oldest, second] = found.get(domain) ?? [];
      return { ok: true, value: oldest === undefined ? null : { recordId: oldest.id, several: second !== undefined } };
    }),
  };
}

/** A company under the unique property `inlet_company_domain`, which refuses a second one; the refusal is answered with the one that is there. */
export async function createCompany(
  client: HubSpotClient,
  { domain, name }: CompanyInput,
  options: CallOptions,
): Promise<CallResult<Written>> {
  const path = client.paths.objects("companies");
  const body = {
    properties: { name: cutText(name, HUBSPOT_LIMITS.companyName), domain, inlet_company_domain: domain },
    associations: [],
  };
  const made = await client.call({ method: "POST", path, template: path, write: true, body }, options);
  if (!made.ok) return made;
  if (made.value.kind === "ok") {
    const record = hubSpotRecord(made.value.body);
    return record === null
      ? { ok: false, fault: outage("hubspot:unreadable", "a company without an id", { unknown: true }) }
      : { ok: true, value: { recordId: record.id, created: true } };
  }
  const found = await readCompany(client, domain, options);
  if (!found.ok) return found;
  return found.value === null
    ? { ok: false, fault: passing("hubspot:lookup-lag", "the domain's company is there, but cannot be found yet") }
    : { ok: true, value: { recordId: found.value.recordId, created: false } };
}

/** The company that Inlet made for the domain. */
export async function readCompany(
  client: HubSpotClient,
  domain: string,
  options: CallOptions,
): Promise<CallResult<{ recordId: string } | null>> {
  const answer = await client.call(
    {
      method: "GET",
      path: `${client.paths.object("companies", domain)}?idProperty=inlet_company_domain&properties=domain`,
      template: `${client.paths.objects("companies")}/{companyId}`,
      write: false,
    },
    options,
  );
  if (!answer.ok) return answer;
  if (answer.value.kind !== "ok") return { ok: true, value: null };
  const record = hubSpotRecord(answer.value.body);
  return record === null
    ? { ok: false, fault: outage("hubspot:unreadable", "a company without an id", { unknown: false }) }
    : { ok: true, value: { recordId: record.id } };
}
