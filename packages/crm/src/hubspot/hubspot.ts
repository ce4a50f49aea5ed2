import type { AccessTokens } from "../access-tokens.ts";
import type { AdapterOptions } from "../adapter-options.ts";
import { createCaller } from "../caller.ts";
import type { CallOptions, CallResult, Crm, EffectTraits } from "../port.ts";
import { readAccount } from "./account.ts";
import { createActivity, findActivity, readActivity, updateActivity } from "./activities.ts";
import { hubSpotBatches } from "./batches.ts";
import { createHubSpotClient } from "./client.ts";
import { createCompany, findCompany, readCompany } from "./companies.ts";
import { mayBeRefused } from "../odd-address.ts";
import { findWithoutEmail, upsertWithoutEmail } from "./contacts-without-email.ts";
import { findContactByPhone } from "./contacts-by-phone.ts";
import { findContact, upsertContact } from "./contacts.ts";
import { updateDeal } from "./deal-changes.ts";
import { createDeal, findDeal, getDeal } from "./deals.ts";
import { isPropertyMissing } from "./faults.ts";
import { findFile, uploadFile } from "./files.ts";
import { hubSpotPaths } from "./paths.ts";
import {
  COMPANY_PROPERTIES,
  CONTACT_PROPERTIES,
  CUSTOM_PROPERTIES,
  PREPARE_REQUESTS,
  prepareProperties,
  TASK_PROPERTIES,
} from "./properties.ts";
import { SEARCH_COST } from "./searches.ts";
import { findSentMessage } from "./sent-messages.ts";
import { createDealStages } from "./stages.ts";
import { createTask, findTask } from "./tasks.ts";
import { whereIs } from "./where-is.ts";

export interface HubSpotOptions extends AdapterOptions {
  readonly tokens: AccessTokens;
  /** `v3`, or a dated version such as `2026-03`. */
  readonly apiVersion: string;
}

/**
 * HubSpot as a CRM (docs/guides/hubspot.md). How an unknown result is settled:
 * contact and deal by sending again (unique `email`, `inlet_conversation`), activity, company and task by their unique `inlet_email_key`,
 * `inlet_company_domain` and `inlet_task_key`, file by its path.
 * Throws only on options that cannot work: a baseUrl that is no URL.
 */
export function createHubSpot(options: HubSpotOptions): Crm {
  const authorization = (token: string) => ({ authorization: `Bearer ${token}` });
  const caller = createCaller("hubspot", { ...options, authorization });
  const client = createHubSpotClient(caller, hubSpotPaths(options.apiVersion));
  const stages = createDealStages(client, { pipeline: options.pipeline, stage: options.stage }, options.missingStage);
  const { tenant } = options;
  let companiesPrepared = false;
  let tasksPrepared = false;

  /** An account that lost Inlet's properties, or never had them, gets them, and the call is made once more: the 400 carried out nothing. */
  async function withProperties<T>(
    work: () => Promise<CallResult<T>>,
    call: CallOptions,
    missing = (result: CallResult<T>): boolean => !result.ok && isPropertyMissing(result.fault),
    needed = CUSTOM_PROPERTIES,
  ): Promise<CallResult<T>> {
    const first = await work();
    if (!missing(first)) return first;
    const prepared = await prepareProperties(client, needed, call);
    return prepared.ok ? work() : prepared;
  }

  const withContactKey = <T>(work: () => Promise<CallResult<T>>, call: CallOptions) =>
    withProperties(work, call, undefined, CONTACT_PROPERTIES);

  async function findByAddress(email: string, call: CallOptions): Promise<CallResult<{ recordId: string } | null>> {
    const found = await findContact(client, email, call);
    if ((found.ok && found.value !== null) || !mayBeRefused(email)) return found;
    return withContactKey(() => findWithoutEmail(client, email, call), call);
  }

  return {
    kind: "hubspot",
    traits: hubSpotTraits(options.settleMs),
    // contact: read, upsert; deal: upsert, association; an activity's update: read, patch, an association.
    costs: {
      prepare: PREPARE_REQUESTS,
      upsertContact: 2,
      createActivity: 1,
      findCompany: SEARCH_COST,
      findContactByPhone: SEARCH_COST,
      createDeal: 2,
      updateActivity: 3,
      findSentMessage: SEARCH_COST + 1,
      createTask: 2,
      updateDeal: 2,
    },
    batches: hubSpotBatches({ client, stages, tenant, withProperties }),
    prepare: (call) => prepareProperties(client, CUSTOM_PROPERTIES, call),
    findCompany: (domain, call) => findCompany(client, domain, call),
    createCompany: async (input, call) => {
      // Only tenants for whom companies are made need their property.
      if (!companiesPrepared) {
        const prepared = await prepareProperties(client, COMPANY_PROPERTIES, call);
        if (!prepared.ok) return prepared;
        companiesPrepared = true;
      }
      return withProperties(() => createCompany(client, input, call), call, undefined, COMPANY_PROPERTIES);
    },
    findContactByPhone: (phone, call) => findContactByPhone(client, phone, call),
    upsertContact: async (input, call) => {
      const written = await upsertContact(client, input, call);
      if (written.ok || written.fault.code !== "hubspot:400:INVALID_EMAIL") return written;
      return withContactKey(() => upsertWithoutEmail(client, input, call), call);
    },
    createDeal: (input, call) => withProperties(() => createDeal(client, stages, input, call), call),
    getDeal: (dealId, call) => getDeal(client, dealId, call),
    findSentMessage: (messageIds, call) => findSentMessage(client, messageIds, call),
    createActivity: async (input, call) => {
      const written = await withProperties(() => createActivity(client, tenant, input, call), call);
      if (written.ok || !/^hubspot:400:INVALID_(EMAIL|JSON)$/.test(written.fault.code)) return written;
      // An address among the headers that HubSpot takes for none: the text names its people all the same.
      const bare = { ...input, from: { email: "", name: null } };
      const again = await withProperties(() => createActivity(client, tenant, bare, call), call);
      const warnings = [
        "activity_headers_refused: HubSpot does not take an address of the email; its parties are left out",
      ];
      return again.ok ? { ok: true, value: { ...again.value, warnings } } : again;
    },
    updateActivity: (recordId, changed, call) => updateActivity(client, recordId, changed, call),
    readActivity: (recordId, call) => readActivity(client, recordId, call),
    uploadFile: (input, call) => uploadFile(client, tenant, input, call),
    createTask: async (input, call) => {
      // Only tenants whose rules make tasks need their property.
      if (!tasksPrepared) {
        const prepared = await prepareProperties(client, TASK_PROPERTIES, call);
        if (!prepared.ok) return prepared;
        tasksPrepared = true;
      }
      return withProperties(() => createTask(client, input, call), call, undefined, TASK_PROPERTIES);
    },
    updateDeal: (dealId, change, call) => withProperties(() => updateDeal(client, dealId, change, call), call),
    lookup: (effect, key, call) => {
      switch (effect) {
        case "contact":
          return findByAddress(key, call);
        case "company":
          return withProperties(() => readCompany(client, key, call), call, undefined, COMPANY_PROPERTIES);
        case "deal":
          return withProperties(() => findDeal(client, key, call), call);
        case "activity":
          return withProperties(() => findActivity(client, key, call), call);
        case "file":
          return findFile(client, tenant, key, call.filename, call);
        case "task":
          return withProperties(() => findTask(client, key, call), call, undefined, TASK_PROPERTIES);
      }
    },
    whereIs: (effect, { recordId }, call) => whereIs(client, effect, recordId, call),
    account: (call) => readAccount(client, options.baseUrl, call),
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

/** See the README for the reasons. */
export function hubSpotTraits(settleMs = 15_000): Crm["traits"] {
  const upsert: EffectTraits = { settle: "upsert-by-key", settleMs };
  const lookup: EffectTraits = { settle: "consistent-lookup", settleMs };
  return {
    contact: upsert,
    company: lookup,
    deal: upsert,
    activity: lookup,
    file: lookup,
    task: lookup,
    stage: upsert,
  };
}
