import type { CallOptions, CallResult, SentFromCrm } from "../port.ts";
import { readRows } from "./answer.ts";
import type { OdooClient } from "./client.ts";
import { unreadable } from "./faults.ts";

/** The opportunity on which people wrote the message that is answered, by the first of these Message-IDs that Odoo sent. Its reply carries Odoo's own Message-ID. */
export async function findSentMessage(
  client: OdooClient,
  messageIds: readonly string[],
  options: CallOptions,
): Promise<CallResult<SentFromCrm | null>> {
  const domain = [
    ["message_id", "in", messageIds.map((id) => `<${id}>`)],
    ["model", "=", "crm.lead"],
    // What came in was no message of ours.
    ["message_type", "!=", "email"],
  ];
  const args = { domain, fields: ["message_id", "res_id"], limit: messageIds.length };
  const answer = await client.call({ model: "mail.message", method: "search_read", args, write: false }, options);
  if (!answer.ok) return answer;
  const rows = answer.value.kind === "ok" ? readRows(answer.value.value) : [];
  if (rows === null) return { ok: false, fault: unreadable(false) };
  const byId = new Map(rows.map((row) => [row["message_id"], row["res_id"]]));
  const messageId = messageIds.find((id) => typeof byId.get(`<${id}>`) === "number");
  return {
    ok: true,
    value: messageId === undefined ? null : { messageId, dealId: String(byId.get(`<${messageId}>`)) },
  };
}
