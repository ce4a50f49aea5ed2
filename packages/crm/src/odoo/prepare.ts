import type { CallOptions, CallResult } from "../port.ts";
import type { OdooClient } from "./client.ts";
import { outage } from "./faults.ts";

const WRITTEN = ["res.partner", "crm.lead", "mail.message", "ir.attachment"];

/** Of {@link prepare}: one for each model. */
export const PREPARE_REQUESTS = WRITTEN.length;

/**
 * Odoo needs nothing made: external ids are its own. What would refuse every email is found out here instead: an Odoo older than 19, the
 * app CRM not installed, a user who may not write.
 */
export async function prepare(client: OdooClient, options: CallOptions): Promise<CallResult<null>> {
  for (const model of WRITTEN) {
    const args = { ids: [], operation: "create" };
    const answer = await client.call({ model, method: "has_access", args, write: false }, options);
    if (!answer.ok) return answer;
    if (answer.value.kind === "ok" && answer.value.value === true) continue;
    const message = `the API key's user may not create ${model}; see docs/guides/odoo.md`;
    return { ok: false, fault: outage("odoo:403:ACCESS", message, { unknown: false }) };
  }
  return { ok: true, value: null };
}
