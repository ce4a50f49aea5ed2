import {
  operation,
  type CallOptions,
  type CallResult,
  type Found,
  type Location,
  type Operation,
  type ReferredRecordName,
} from "../port.ts";
import type { OdooClient } from "./client.ts";
import { externalName } from "./external-id.ts";
import { findByName } from "./load.ts";
import { isRecordId } from "./record-id.ts";

const MODELS: Readonly<Record<ReferredRecordName, string>> = {
  contact: "res.partner",
  company: "res.partner",
  deal: "crm.lead",
  file: "ir.attachment",
  task: "mail.activity",
};

/** Messages of a deal that are asked where they are now. */
const MOST_MESSAGES = 10;

/**
 * An archived record is there. Odoo's wizards delete what they merge: a contact's external id goes over to the one that stays, a deal's does
 * not, but its messages do.
 */
export function locate(client: OdooClient, record: ReferredRecordName): Operation<Location, Found> {
  return operation((location, options) => findById(client, record, location, options), { cost: { requests: 3 } });
}

async function findById(
  client: OdooClient,
  record: ReferredRecordName,
  { recordId, key, activityIds = [] }: Location,
  options: CallOptions,
): Promise<CallResult<Found>> {
  const model = MODELS[record];
  const id = Number(recordId);
  if (isRecordId(recordId)) {
    const found = await client.first(model, [["id", "=", id]], ["id"], options);
    if (!found.ok) return found;
    if (found.value !== null) return { ok: true, value: { recordId } };
  }
  if (record !== "deal") return elsewhere(client, model, externalName(record, key), options);
  const messages = activityIds.filter(isRecordId).slice(0, MOST_MESSAGES).map(Number);
  if (messages.length === 0) return { ok: true, value: null };
  const domain = [
    ["id", "in", messages],
    ["model", "=", model],
    ["res_id", "!=", id],
  ];
  const moved = await client.first("mail.message", domain, ["res_id"], { ...options, order: "id desc" });
  if (!moved.ok || moved.value === null) return moved.ok ? { ok: true, value: null } : moved;
  const into = moved.value["res_id"];
  if (typeof into !== "number") return { ok: true, value: null };
  const deal = await client.first(model, [["id", "=", into]], ["id"], options);
  return deal.ok ? { ok: true, value: deal.value === null ? null : { recordId: String(into) } } : deal;
}

/** What the external id leads to, where that is there. */
async function elsewhere(
  client: OdooClient,
  model: string,
  name: string,
  options: CallOptions,
): Promise<CallResult<{ recordId: string } | null>> {
  const named = await findByName(client, model, name, options);
  if (!named.ok || named.value === null) return named;
  const found = await client.first(model, [["id", "=", Number(named.value.recordId)]], ["id"], options);
  return found.ok ? { ok: true, value: found.value === null ? null : named.value } : found;
}
