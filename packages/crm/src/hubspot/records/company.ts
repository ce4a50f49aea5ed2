import { operation, type CompanyRecords } from "../../port.ts";
import { settling } from "../../settling.ts";
import { companySearch } from "../batches/batches.ts";
import { createCompany, findCompany, readCompany } from "../calls/companies.ts";
import type { HubSpotContext } from "../context.ts";
import { COMPANY_PROPERTIES } from "../account/properties.ts";
import { SEARCH_COST } from "../client/searches.ts";
import { locate } from "../calls/where-is.ts";

/** Unique by `inlet_company_domain`, which only tenants for whom companies are made need. */
export function companyRecords(context: HubSpotContext): CompanyRecords {
  const { client, options, prepared, withProperties } = context;
  const own = { properties: COMPANY_PROPERTIES };
  return {
    settle: settling("consistent-lookup", "company", options),
    write: operation(async (input, call) => {
      const ready = await prepared(COMPANY_PROPERTIES, call);
      return ready.ok ? withProperties(() => createCompany(client, input, call), call, own) : ready;
    }),
    lookup: operation(({ key }, call) => withProperties(() => readCompany(client, key, call), call, own)),
    locate: locate(client, "company"),
    find: operation((domain, call) => findCompany(client, domain, call), {
      cost: SEARCH_COST,
      batch: companySearch(context),
    }),
  };
}
