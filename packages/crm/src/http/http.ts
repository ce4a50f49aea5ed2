import type { AccessTokens } from "../calls/access-tokens.ts";
import type { AdapterOptions } from "../adapter-options.ts";
import { createCaller, type CallerOptions } from "../calls/caller.ts";
import { operation, type Crm } from "../port.ts";
import { done, failed } from "./answers.ts";
import { createHttpClient } from "./client.ts";
import { outage } from "./faults.ts";
import { readRecord } from "./read-record.ts";
import { createRecordCalls } from "./record-calls.ts";
import { activityRecords } from "./records/activity.ts";
import { companyRecords } from "./records/company.ts";
import { contactRecords } from "./records/contact.ts";
import { dealRecords } from "./records/deal.ts";
import { fileRecords } from "./records/file.ts";
import { taskRecords } from "./records/task.ts";
import type { CrmRequests } from "./requests.ts";

export interface HttpCrmOptions extends AdapterOptions {
  readonly requests: CrmRequests;
  readonly tokens: AccessTokens;
  readonly authorization: CallerOptions["authorization"];
}

/**
 * Any CRM with a JSON API, by the requests that the tenant's file describes (docs/guides/http-crm.md). Every write carries an
 * `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header) that is the same in every try. Throws only on a baseUrl that is no URL.
 */
export function createHttpCrm(options: HttpCrmOptions): Crm {
  const { requests, tenant } = options;
  const caller = createCaller("http", options);
  const client = createHttpClient(caller);
  const context = { calls: createRecordCalls(client, requests, tenant), options };
  return {
    kind: "http",
    records: {
      contact: contactRecords(context),
      company: companyRecords(context),
      deal: dealRecords(context),
      activity: activityRecords(context),
      file: fileRecords(context),
      task: taskRecords(context),
    },
    // An API needs nothing of Inlet's that the tenant's file does not describe.
    setup: {
      prepare: operation(async () => done({ made: [] })),
      verify: operation(async () => done(null)),
      atStart: operation(async () => done(null)),
    },
    account: operation(async () => done(options.baseUrl.replace(/^\w+:\/\//, "").replace(/\/+$/, ""))),
    ping: async (call) => {
      const read = await readRecord(client, requests.ping, { tenant }, call);
      if (!read.ok) return read;
      return read.value === null
        ? failed(outage("http:endpoint", "ping.path is not there", { unknown: false }))
        : done(null);
    },
    close: () => caller.close(),
  };
}
