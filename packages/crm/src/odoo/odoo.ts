import { fixedToken } from "../access-tokens.ts";
import type { AdapterOptions } from "../adapter-options.ts";
import { createCaller } from "../caller.ts";
import type { Crm, EffectTraits } from "../port.ts";
import { createActivity, findActivity, readActivity, updateActivity } from "./activities.ts";
import { createOdooClient } from "./client.ts";
import { createCompany, findCompany, readCompany } from "./companies.ts";
import { findContact, findContactByPhone, upsertContact } from "./contacts.ts";
import { updateDeal } from "./deal-changes.ts";
import { createDeal, findDeal, getDeal } from "./deals.ts";
import { findFile, uploadFile } from "./files.ts";
import { prepare, PREPARE_REQUESTS } from "./prepare.ts";
import { findSentMessage } from "./sent-messages.ts";
import { createTask, findTask } from "./tasks.ts";
import { whereIs } from "./where-is.ts";

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
  const place = { pipeline, stage, missingStage };

  return {
    kind: "odoo",
    traits: odooTraits(options.settleMs),
    // contact: search, load; an activity with files: load, read, files; its update: read, write, files.
    // a task: the deal's salesperson, load; a deal's change: team, stage, a tag looked for and made, write.
    // The file, its base64, that in JSON, and the JSON's bytes.
    fileCopies: 6,
    costs: {
      prepare: PREPARE_REQUESTS,
      upsertContact: 2,
      createActivity: 3,
      updateActivity: 3,
      createTask: 2,
      updateDeal: 5,
      whereIs: 3,
    },
    prepare: (call) => prepare(client, call),
    findCompany: (domain, call) => findCompany(client, domain, call),
    createCompany: (input, call) => createCompany(client, input, call),
    findContactByPhone: (phone, call) => findContactByPhone(client, phone, call),
    upsertContact: (input, call) => upsertContact(client, input, call),
    createDeal: (input, call) => createDeal(client, place, input, call),
    getDeal: (dealId, call) => getDeal(client, dealId, call),
    findSentMessage: (messageIds, call) => findSentMessage(client, messageIds, call),
    createActivity: (input, call) => createActivity(client, input, call),
    updateActivity: (recordId, changed, call) => updateActivity(client, recordId, changed, call),
    readActivity: (recordId, call) => readActivity(client, recordId, call),
    uploadFile: (input, call) => uploadFile(client, input, call),
    createTask: (input, call) => createTask(client, input, call),
    updateDeal: (dealId, change, call) => updateDeal(client, dealId, change, call),
    lookup: (effect, key, call) => {
      switch (effect) {
        case "contact":
          return findContact(client, key, call);
        case "company":
          return readCompany(client, key, call);
        case "deal":
          return findDeal(client, key, call);
        case "activity":
          return findActivity(client, key, call);
        case "file":
          return findFile(client, key, call);
        case "task":
          return findTask(client, key, call);
      }
    },
    whereIs: (effect, sought, call) => whereIs(client, effect, sought, call),
    account: async () => ({ ok: true, value: accountOf(options) }),
    ping: async (call) => {
      const answer = await client.call({ model: "res.users", method: "context_get", args: {}, write: false }, call);
      return answer.ok ? { ok: true, value: null } : answer;
    },
    close: () => caller.close(),
  };
}

function accountOf({ baseUrl, database }: OdooOptions): string {
  const { host } = new URL(baseUrl);
  return database === null ? host : `database ${database} of ${host}`;
}

/** One way for all: `ir.model.data` is unique by external id; a stage is set to the same again. */
export function odooTraits(settleMs = 15_000): Crm["traits"] {
  const upsert: EffectTraits = { settle: "upsert-by-key", settleMs };
  return {
    contact: upsert,
    company: upsert,
    deal: upsert,
    activity: upsert,
    file: upsert,
    task: upsert,
    stage: upsert,
  };
}
