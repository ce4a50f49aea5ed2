import type { CallOptions, CallResult, Written } from "../port.ts";
import { loadAnswer } from "./answer.ts";
import type { OdooClient } from "./client.ts";
import { MODULE } from "./external-id.ts";
import { toLoadFault, unreadable } from "./faults.ts";

/**
 * Makes the record, or leaves the one that has this external id as it is: `noupdate` with mode `update` is how Odoo's own modules bring
 * data that people may change afterwards. `ir.model.data` is unique by (module, name), so anyone who comes second, or lands late, finds the
 * first record; of several at once one wins, and the others are told that they lost (`odoo:conflict`).
 *
 * @param fields by Odoo's import names: `partner_id/.id` is a database id, `subtype_id/id` an external id, `stage_id` a name.
 */
export async function createOrLeave(
  client: OdooClient,
  model: string,
  name: string,
  fields: Readonly<Record<string, string>>,
  options: CallOptions & { readonly context?: Readonly<Record<string, unknown>> },
): Promise<CallResult<Written>> {
  const args = {
    fields: ["id", ...Object.keys(fields)],
    data: [[`${MODULE}.${name}`, ...Object.values(fields)]],
    // A contact or deal that a person archived is there all the same: what refers to it must find it.
    context: { ...options.context, mode: "update", noupdate: true, active_test: false },
  };
  const answer = await client.call({ model, method: "load", args, write: true }, options);
  if (!answer.ok) return answer;
  const loaded = answer.value.kind === "ok" ? loadAnswer(answer.value.value) : null;
  if (loaded === null) return { ok: false, fault: unreadable(true) };
  if (!("ids" in loaded)) return { ok: false, fault: toLoadFault(loaded) };
  const [id] = loaded.ids;
  return id === undefined
    ? { ok: false, fault: unreadable(true) }
    : { ok: true, value: { recordId: String(id), created: null } };
}

/** The record that has this external id; null when it is not there, or a person deleted it (Odoo deletes both together). */
export async function findByName(
  client: OdooClient,
  model: string,
  name: string,
  options: CallOptions,
): Promise<CallResult<{ recordId: string } | null>> {
  const domain = [
    ["module", "=", MODULE],
    ["name", "=", name],
    ["model", "=", model],
  ];
  const found = await client.first("ir.model.data", domain, ["res_id"], options);
  if (!found.ok) return found;
  const id = found.value?.["res_id"];
  return { ok: true, value: typeof id === "number" ? { recordId: String(id) } : null };
}
