import { fixedToken } from "../calls/access-tokens.ts";
import type { AdapterOptions } from "../adapter-options.ts";
import { createCaller } from "../calls/caller.ts";
import { operation, type Crm } from "../port.ts";
import { createOdooClient } from "./client.ts";
import { odooSetup } from "./prepare.ts";
import { activityRecords } from "./records/activity.ts";
import { companyRecords } from "./records/company.ts";
import { contactRecords } from "./records/contact.ts";
import { dealRecords } from "./records/deal.ts";
import { fileRecords } from "./records/file.ts";
import { taskRecords } from "./records/task.ts";

/** `pipeline` and `stage` are a sales team and its stage, by name or database id. */
export interface OdooOptions extends AdapterOptions {
  /** Sent as `X-Odoo-Database`; null where the address serves one database only. */
  readonly database: string | null;
  /** Asked for every call, so that a rotated key counts at once. */
  readonly apiKey: () => string;
}

/**
 * Odoo 19 as a CRM (docs/guides/odoo.md). Every record is made by `load` under an external id, so that an unknown result is settled by
 * sending again, whatever the effect. Throws only on options that cannot work: a baseUrl that is no URL.
 */
export function createOdoo(options: OdooOptions): Crm {
  const authorization = (key: string) => ({ authorization: `bearer ${key}` });
  const caller = createCaller("odoo", { ...options, tokens: fixedToken(options.apiKey), authorization });
  const client = createOdooClient(caller, options.database);
  const { pipeline, stage, missingStage } = options;
  const context = { client, options, place: { pipeline, stage, missingStage } };
  return {
    kind: "odoo",
    records: {
      contact: contactRecords(context),
      company: companyRecords(context),
      deal: dealRecords(context),
      activity: activityRecords(context),
      file: fileRecords(context),
      task: taskRecords(context),
    },
    setup: odooSetup(client),
    account: operation(async () => ({ ok: true, value: describeAccount(options) })),
    ping: async (call) => {
      const answer = await client.call({ model: "res.users", method: "context_get", args: {}, write: false }, call);
      return answer.ok ? { ok: true, value: null } : answer;
    },
    close: () => caller.close(),
  };
}

function describeAccount({ baseUrl, database }: OdooOptions): string {
  const { host } = new URL(baseUrl);
  return database === null ? host : `database ${database} of ${host}`;
}
