import { operation, type CompanyRecords } from "../../port.ts";
import { settling } from "../../settling.ts";
import type { OdooContext } from "../context.ts";
import { createCompany, findCompany, readCompany } from "../companies.ts";
import { locate } from "../where-is.ts";

export function companyRecords({ client, options }: OdooContext): CompanyRecords {
  return {
    settle: settling("upsert-by-key", "company", options),
    write: operation((input, call) => createCompany(client, input, call)),
    lookup: operation(({ key }, call) => readCompany(client, key, call)),
    locate: locate(client, "company"),
    find: operation((domain, call) => findCompany(client, domain, call)),
  };
}
