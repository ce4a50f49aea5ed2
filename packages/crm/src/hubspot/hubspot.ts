import type { AccessTokens } from "../calls/access-tokens.ts";
import type { AdapterOptions } from "../adapter-options.ts";
import { createCaller } from "../calls/caller.ts";
import { operation, type Crm } from "../port.ts";
import { readAccount } from "./account/account.ts";
import { createHubSpotClient } from "./client/client.ts";
import { hubSpotContext } from "./context.ts";
import { hubSpotPaths } from "./client/paths.ts";
import { activityRecords } from "./records/activity.ts";
import { companyRecords } from "./records/company.ts";
import { contactRecords } from "./records/contact.ts";
import { dealRecords } from "./records/deal.ts";
import { fileRecords } from "./records/file.ts";
import { taskRecords } from "./records/task.ts";
import { hubSpotSetup } from "./account/setup.ts";
import { createDealStages } from "./account/stages.ts";

export interface HubSpotOptions extends AdapterOptions {
  readonly tokens: AccessTokens;
  /** `v3`, or a dated version such as `2026-03`. */
  readonly apiVersion: string;
}

/** HubSpot as a CRM (docs/guides/hubspot.md). Throws only on options that cannot work: a baseUrl that is no URL. */
export function createHubSpot(options: HubSpotOptions): Crm {
  const authorization = (token: string) => ({ authorization: `Bearer ${token}` });
  const caller = createCaller("hubspot", { ...options, authorization });
  const client = createHubSpotClient(caller, hubSpotPaths(options.apiVersion));
  const stages = createDealStages(client, { pipeline: options.pipeline, stage: options.stage }, options.missingStage);
  const context = hubSpotContext(client, stages, options);
  return {
    kind: "hubspot",
    records: {
      contact: contactRecords(context),
      company: companyRecords(context),
      deal: dealRecords(context),
      activity: activityRecords(context),
      file: fileRecords(context),
      task: taskRecords(context),
    },
    setup: hubSpotSetup(client),
    account: operation((_, call) => readAccount(client, options.baseUrl, call)),
    ping: async (call) => {
      const path = client.paths.objects("contacts");
      const answer = await client.call(
        { method: "GET", path: `${path}?limit=1&properties=email`, template: path, write: false },
        call,
      );
      return answer.ok ? { ok: true, value: null } : answer;
    },
    close: () => caller.close(),
  };
}
