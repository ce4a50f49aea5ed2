import { cutText } from "@inlet/schemas";
import type { CallOptions, CallResult, TaskInput, Written } from "../port.ts";
import type { OdooClient } from "./client.ts";
import { externalName } from "./external-id.ts";
import { ODOO_LIMITS } from "./limits.ts";
import { createOrLeave, findByName } from "./load.ts";
import { messageBody } from "./message-body.ts";

const MODEL = "mail.activity";

/** A planned activity of type To-Do on the deal, else on the contact; for the deal's salesperson, who finds it among the own activities. */
export async function createTask(
  client: OdooClient,
  input: TaskInput,
  options: CallOptions,
): Promise<CallResult<Written>> {
  const salesperson = await findSalesperson(client, input.dealId, options);
  if (!salesperson.ok) return salesperson;
  const fields = {
    "res_model_id/id": input.dealId === null ? "base.model_res_partner" : "crm.model_crm_lead",
    res_id: input.dealId ?? input.contactId,
    "activity_type_id/id": "mail.mail_activity_data_todo",
    // Odoo's activities have no priority: what is urgent says so where people look.
    summary: cutText(input.priority === "high" ? `❗ ${input.title}` : input.title, ODOO_LIMITS.summary),
    note: messageBody({ text: input.text, html: "" }),
    date_deadline: new Date(input.dueAt).toISOString().slice(0, 10),
    ...(salesperson.value === null ? {} : { "user_id/.id": salesperson.value }),
  };
  return createOrLeave(client, MODEL, externalName("task", input.key), fields, options);
}

export async function findTask(
  client: OdooClient,
  key: string,
  options: CallOptions,
): Promise<CallResult<{ recordId: string } | null>> {
  return findByName(client, MODEL, externalName("task", key), options);
}

async function findSalesperson(
  client: OdooClient,
  dealId: string | null,
  options: CallOptions,
): Promise<CallResult<string | null>> {
  if (dealId === null) return { ok: true, value: null };
  const deal = await client.first("crm.lead", [["id", "=", Number(dealId)]], ["user_id"], options);
  if (!deal.ok) return deal;
  // A reference is [id, name]; an empty one is false.
  const user = deal.value?.["user_id"];
  return { ok: true, value: Array.isArray(user) ? String(user[0]) : null };
}
