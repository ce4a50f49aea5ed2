import type { ActivityChange, ActivityInput, CallOptions, CallResult, Updated, Written } from "../../port.ts";
import {
  activityProperties,
  fitHtml,
  fitSubject,
  fitText,
  htmlWithoutLink,
  textWithoutLink,
} from "../account/activity-properties.ts";
import { hubSpotRecord } from "../client/answer.ts";
import type { HubSpotRecord } from "../client/answer.ts";
import type { HubSpotClient } from "../client/client.ts";
import { gone, outage, passing } from "../client/faults.ts";

/** HubSpot's association types from an email. */
const EMAIL_TO = { contacts: 198, deals: 210, companies: 186 } as const;

/**
 * The email on the timeline, with its associations in the same call. The unique property `inlet_email_key` refuses a second one; the
 * refusal is answered with the record that is there.
 */
export async function createActivity(
  client: HubSpotClient,
  tenant: string,
  input: ActivityInput,
  options: CallOptions,
): Promise<CallResult<Written>> {
  const path = client.paths.objects("emails");
  const body = activityCreate(input, tenant);
  const made = await client.call({ method: "POST", path, template: path, write: true, body }, options);
  if (!made.ok) return made;
  switch (made.value.kind) {
    case "ok": {
      const record = hubSpotRecord(made.value.body);
      return record === null
        ? { ok: false, fault: outage("hubspot:unreadable", "an email without an id", { unknown: true }) }
        : { ok: true, value: { recordId: record.id, created: true } };
    }
    case "not-found":
      return { ok: false, fault: gone("the contact, deal or company of the email is gone") };
    case "conflict": {
      const found = await findActivity(client, input.key, options);
      if (!found.ok) return found;
      return found.value === null
        ? { ok: false, fault: passing("hubspot:lookup-lag", "the email is there, but cannot be found yet") }
        : { ok: true, value: { recordId: found.value.recordId, created: false } };
    }
  }
}

/** The body of a create, and an entry of `batch/create`. */
export function activityCreate(input: ActivityInput, tenant: string): object {
  const associations = [
    { to: { id: input.contactId }, types: associationTypes("contacts") },
    ...(input.dealId === null ? [] : [{ to: { id: input.dealId }, types: associationTypes("deals") }]),
    ...(input.companyId === null ? [] : [{ to: { id: input.companyId }, types: associationTypes("companies") }]),
  ];
  return { properties: activityProperties(input, tenant), associations };
}

export async function findActivity(
  client: HubSpotClient,
  key: string,
  options: CallOptions,
): Promise<CallResult<{ recordId: string } | null>> {
  const found = await read(client, key, "?idProperty=inlet_email_key&properties=inlet_email_key", options);
  if (!found.ok) return found;
  if (found.value === null) return { ok: true, value: null };
  return { ok: true, value: { recordId: found.value.id } };
}

/** What a person may have changed, under the port's names: `subject`, `text`, `html`, `fileIds` (joined by `;`). */
export async function readActivity(
  client: HubSpotClient,
  recordId: string,
  options: CallOptions,
): Promise<CallResult<Readonly<Record<string, string>> | null>> {
  const names = "hs_email_subject,hs_email_text,hs_email_html,hs_attachment_ids";
  const found = await read(client, recordId, `?properties=${names}`, options);
  if (!found.ok) return found;
  if (found.value === null) return { ok: true, value: null };
  const { properties } = found.value;
  return {
    ok: true,
    value: {
      subject: properties["hs_email_subject"] ?? "",
      text: textWithoutLink(properties["hs_email_text"] ?? ""),
      html: htmlWithoutLink(properties["hs_email_html"] ?? ""),
      fileIds: properties["hs_attachment_ids"] ?? "",
    },
  };
}

/** Writes only what changed; files are added to those that are there, never taken away. Null when the record is gone. */
export async function updateActivity(
  client: HubSpotClient,
  { recordId, changed, viewUrl }: ActivityChange,
  options: CallOptions,
): Promise<CallResult<Updated | null>> {
  const properties: Record<string, string> = {};
  if (changed.subject !== undefined) properties["hs_email_subject"] = fitSubject(changed.subject);
  if (changed.text !== undefined) properties["hs_email_text"] = fitText(changed.text, viewUrl);
  if (changed.html !== undefined) properties["hs_email_html"] = fitHtml(changed.html, viewUrl) ?? "";
  if (changed.fileIds !== undefined) {
    const now = await read(client, recordId, "?properties=hs_attachment_ids", options);
    if (!now.ok) return now;
    if (now.value === null) return { ok: true, value: null };
    const there = (now.value.properties["hs_attachment_ids"] ?? "").split(";").filter((id) => id !== "");
    properties["hs_attachment_ids"] = [...new Set([...there, ...changed.fileIds])].join(";");
  }
  let wrote = false;
  if (Object.keys(properties).length > 0) {
    const path = client.paths.object("emails", recordId);
    const template = `${client.paths.objects("emails")}/{emailId}`;
    const patched = await client.call({ method: "PATCH", path, template, write: true, body: { properties } }, options);
    if (!patched.ok) return patched;
    if (patched.value.kind === "not-found") return { ok: true, value: null };
    wrote = true;
  }
  for (const [type, id] of [
    ["contacts", changed.contactId],
    ["companies", changed.companyId],
    ["deals", changed.dealId],
  ] as const) {
    if (id === undefined || id === null) continue;
    const associated = await client.call(
      {
        method: "PUT",
        path: client.paths.association("emails", recordId, type, id),
        template: decodeURIComponent(client.paths.association("emails", "{emailId}", type, "{toId}")),
        write: true,
      },
      options,
    );
    if (!associated.ok) {
      const { fault } = associated;
      return { ok: false, fault: fault.kind === "outage" && wrote ? { ...fault, unknown: true } : fault };
    }
    if (associated.value.kind !== "ok") return missingEnd(client, recordId, options);
    wrote = true;
  }
  return { ok: true, value: { recordId } };
}

/** An association failed without one of its ends: is it the email, or what it was to be tied to? */
async function missingEnd(client: HubSpotClient, recordId: string, options: CallOptions): Promise<CallResult<null>> {
  const email = await read(client, recordId, "?properties=inlet_email_key", options);
  if (!email.ok) return email;
  return email.value === null
    ? { ok: true, value: null }
    : { ok: false, fault: gone("the contact, deal or company of the email is gone") };
}

async function read(
  client: HubSpotClient,
  id: string,
  query: string,
  options: CallOptions,
): Promise<CallResult<HubSpotRecord | null>> {
  const answer = await client.call(
    {
      method: "GET",
      path: client.paths.object("emails", id) + query,
      template: `${client.paths.objects("emails")}/{emailId}`,
      write: false,
    },
    options,
  );
  if (!answer.ok) return answer;
  if (answer.value.kind !== "ok") return { ok: true, value: null };
  const record = hubSpotRecord(answer.value.body);
  return record === null
    ? { ok: false, fault: outage("hubspot:unreadable", "an email without an id", { unknown: false }) }
    : { ok: true, value: record };
}

function associationTypes(type: keyof typeof EMAIL_TO): object[] {
  return [{ associationCategory: "HUBSPOT_DEFINED", associationTypeId: EMAIL_TO[type] }];
}
