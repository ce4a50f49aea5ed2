import { operation, type CompanyRecords } from "../../port.ts";
import { done } from "../answers.ts";
import { everyRecord, type HttpContext } from "../context.ts";
import { companyFields } from "../fields.ts";

export function companyRecords(context: HttpContext): CompanyRecords {
  const { requests, lookup, write } = context.calls;
  return {
    ...everyRecord("company", context),
    write: operation(({ domain, name, replaces = null }, call) =>
      write("company", { key: domain, replaces }, companyFields({ domain, name }), call),
    ),
    find: operation(async (domain, call) => {
      if (requests.company?.lookup === undefined) return done(null);
      const found = await lookup("company", domain, call);
      if (!found.ok) return found;
      return done(found.value === null ? null : { ...found.value, several: false });
    }),
  };
}
