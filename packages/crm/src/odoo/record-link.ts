import type { RecordPlace } from "../kind.ts";
import { isRecordId } from "./record-id.ts";

const MODELS: Readonly<Record<string, string>> = { contact: "res.partner", company: "res.partner", deal: "crm.lead" };

/** A record's page in Odoo, by the addresses that Odoo's own mails use (addons/mail/controllers/mail.py); null where it has none. */
export function toOdooLink(baseUrl: string, { effect, recordId }: RecordPlace): string | null {
  if (!isRecordId(recordId) || !URL.canParse(baseUrl)) return null;
  const base = baseUrl.replace(/\/+$/, "");
  if (effect === "activity") return `${base}/mail/message/${recordId}`;
  const model = MODELS[effect];
  return model === undefined ? null : `${base}/mail/view?model=${model}&res_id=${recordId}`;
}
