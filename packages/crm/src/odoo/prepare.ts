import { operation, type CallOptions, type CallResult, type CrmSetup } from "../port.ts";
import type { OdooClient } from "./client.ts";
import { outage } from "./faults.ts";

const WRITTEN = ["res.partner", "crm.lead", "mail.message", "ir.attachment"];

/** External ids are Odoo's own: nothing is ever made. */
export function odooSetup(client: OdooClient): CrmSetup {
  const cost = { requests: WRITTEN.length };
  const verify = operation(async (_: null, call) => verifyAccess(client, call), { cost });
  return {
    prepare: operation(
      async (_, call) => {
        const verified = await verify(null, call);
        return verified.ok ? { ok: true, value: { made: [] } } : verified;
      },
      { cost },
    ),
    verify,
    atStart: verify,
  };
}

/**
 * Odoo needs nothing made: external ids are its own. What would refuse every email is found out here instead: an Odoo older than 19, the
 * app CRM not installed, a user who may not write.
 */
async function verifyAccess(client: OdooClient, options: CallOptions): Promise<CallResult<null>> {
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
