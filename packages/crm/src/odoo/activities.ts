import type { ActivityChange, ActivityInput, CallOptions, CallResult, Updated, Written } from "../port.ts";
import type { OdooClient, OdooRow } from "./client.ts";
import { externalName } from "./external-id.ts";
import { gone, permanent } from "./faults.ts";
import { createOrLeave, findByName } from "./load.ts";
import { messageBody, readMessageBody } from "./message-body.ts";
import { messageFields } from "./message-fields.ts";
import { isRecordId } from "./record-id.ts";

type Changed = ActivityChange["changed"];

const MODEL = "mail.message";
const FIELDS = ["subject", "body", "attachment_ids", "model", "res_id"];

/**
 * The email in the chatter of its deal, else of its contact, by a `mail.message` with an external id: `message_post` would make a second
 * one when called twice, and would have Odoo send mail to the record's followers.
 */
export async function createActivity(
  client: OdooClient,
  input: ActivityInput,
  options: CallOptions,
): Promise<CallResult<Written>> {
  const name = externalName("activity", input.key);
  const made = await createOrLeave(client, MODEL, name, messageFields(input), options);
  if (!made.ok || input.fileIds.length === 0) return made;
  // The message may be an earlier one that lies elsewhere by now: its files belong where it is.
  const message = await read(client, made.value.recordId, options);
  if (!message.ok) return unsettled(message);
  if (message.value === null) return { ok: false, fault: permanent("odoo:404:RECORD", "the message is gone") };
  const placed = await placeFiles(client, input.fileIds.map(Number), toPlace(message.value), options);
  return placed.ok ? made : unsettled(placed);
}

export async function findActivity(
  client: OdooClient,
  key: string,
  options: CallOptions,
): Promise<CallResult<{ recordId: string } | null>> {
  return findByName(client, MODEL, externalName("activity", key), options);
}

/** What a person may have changed, under the port's names: `subject`, `text`, `html`, `fileIds` (joined by `;`). */
export async function readActivity(
  client: OdooClient,
  recordId: string,
  options: CallOptions,
): Promise<CallResult<Readonly<Record<string, string>> | null>> {
  const message = await read(client, recordId, options);
  if (!message.ok || message.value === null) return message.ok ? { ok: true, value: null } : message;
  const { text, html } = readMessageBody(readText(message.value, "body"));
  const fileIds = readFileIds(message.value).join(";");
  return { ok: true, value: { subject: readText(message.value, "subject"), text, html, fileIds } };
}

/**
 * Writes only what changed; files are added, never taken away. A message lies on one record in Odoo: a deal that is named later takes it
 * over, another contact or company is added to its recipients. Null when the message is gone.
 */
export async function updateActivity(
  client: OdooClient,
  { recordId, changed }: ActivityChange,
  options: CallOptions,
): Promise<CallResult<Updated | null>> {
  const message = await read(client, recordId, options);
  if (!message.ok) return message;
  if (message.value === null) return { ok: true, value: null };
  const { dealId, fileIds = [] } = changed;
  const moves = typeof dealId === "string" && toPlace(message.value) !== `crm.lead ${dealId}`;
  const place = moves ? `crm.lead ${dealId}` : toPlace(message.value);
  const partners = [changed.contactId, changed.companyId].filter((id) => typeof id === "string").map(Number);
  const vals = {
    ...(changed.subject === undefined ? {} : { subject: changed.subject }),
    ...changedBody(readText(message.value, "body"), changed),
    ...(fileIds.length === 0 ? {} : { attachment_ids: fileIds.map((id) => [4, Number(id)]) }),
    ...(partners.length === 0 ? {} : { partner_ids: partners.map((id) => [4, id]) }),
    ...(moves ? { model: "crm.lead", res_id: Number(dealId) } : {}),
  };
  if (Object.keys(vals).length > 0) {
    const args = { ids: [Number(recordId)], vals };
    const written = await client.call({ model: MODEL, method: "write", args, write: true }, options);
    if (!written.ok) return moves && written.fault.code === "odoo:403:ACCESS" ? mayNotMove() : written;
    if (written.value.kind === "missing") return missingEnd(client, recordId, options);
  }
  const files = [...fileIds.map(Number), ...(moves ? readFileIds(message.value) : [])];
  const placed = await placeFiles(client, files, place, options);
  return placed.ok ? { ok: true, value: { recordId } } : unsettled(placed);
}

function changedBody(body: string, changed: Changed): { body?: string } {
  if (changed.text === undefined && changed.html === undefined) return {};
  const now = readMessageBody(body);
  const html = changed.html === undefined ? now.html : (changed.html ?? "");
  return { body: messageBody({ text: changed.text ?? now.text, html }, now.notes) };
}

/** Who may see a message's record may open its files, since they belong to it. */
async function placeFiles(
  client: OdooClient,
  ids: readonly number[],
  place: string,
  options: CallOptions,
): Promise<CallResult<null>> {
  if (ids.length === 0) return { ok: true, value: null };
  const [model = "", id] = place.split(" ");
  const args = { ids: [...new Set(ids)], vals: { res_model: model, res_id: Number(id) } };
  const placed = await client.call({ model: "ir.attachment", method: "write", args, write: true }, options);
  if (!placed.ok) return placed;
  return placed.value.kind === "ok"
    ? { ok: true, value: null }
    : { ok: false, fault: gone("a file of the message is gone") };
}

/** Something that the message was to be tied to is gone: or is it the message itself? */
async function missingEnd(client: OdooClient, recordId: string, options: CallOptions): Promise<CallResult<null>> {
  const message = await read(client, recordId, options);
  if (!message.ok || message.value === null) return message.ok ? { ok: true, value: null } : message;
  return { ok: false, fault: gone("the contact, company or file of the message is gone") };
}

/** A second write failed after the first had been carried out: sending both again completes them. */
function unsettled<T>(failed: CallResult<unknown> & { ok: false }): CallResult<T> {
  const { fault } = failed;
  return { ok: false, fault: fault.kind === "outage" ? { ...fault, unknown: true } : fault };
}

function mayNotMove(): CallResult<never> {
  const message = "only a user with the right Settings may move a message to another record; it stays where it is";
  return { ok: false, fault: permanent("odoo:403:MOVE", message) };
}

async function read(client: OdooClient, recordId: string, options: CallOptions): Promise<CallResult<OdooRow | null>> {
  if (!isRecordId(recordId)) return { ok: true, value: null };
  return client.first(MODEL, [["id", "=", Number(recordId)]], FIELDS, options);
}

/** `crm.lead 7`: where the message lies. */
function toPlace(message: OdooRow): string {
  return `${readText(message, "model")} ${String(message["res_id"])}`;
}

/** Odoo answers an empty text with false. */
function readText(message: OdooRow, field: string): string {
  const value = message[field];
  return typeof value === "string" ? value : "";
}

function readFileIds(message: OdooRow): readonly number[] {
  const ids = message["attachment_ids"];
  return Array.isArray(ids) ? ids.filter((id) => typeof id === "number") : [];
}
