import type { CallOptions, CallResult } from "../../port.ts";
import type { HubSpotCall, HubSpotClient } from "../client/client.ts";
import { outage } from "../client/faults.ts";
import type { HubSpotType } from "../client/paths.ts";

export interface CustomProperty {
  readonly type: HubSpotType;
  readonly name: string;
  readonly label: string;
  readonly unique: boolean;
  readonly kind: "string" | "number";
}

const GROUP = { name: "inlet", label: "Inlet" } as const;

/** What Inlet adds to an account. The unique ones are what makes a second deal, activity or task for the same email impossible. */
export const CUSTOM_PROPERTIES: readonly CustomProperty[] = [
  { type: "deals", name: "inlet_conversation", label: "Inlet conversation", unique: true, kind: "string" },
  { type: "deals", name: "inlet_tags", label: "Inlet tags", unique: false, kind: "string" },
  { type: "emails", name: "inlet_email_key", label: "Inlet email key", unique: true, kind: "string" },
  { type: "emails", name: "inlet_tenant", label: "Inlet tenant", unique: false, kind: "string" },
  { type: "emails", name: "inlet_message_id", label: "Message-ID", unique: false, kind: "string" },
  { type: "emails", name: "inlet_in_reply_to", label: "In-Reply-To", unique: false, kind: "string" },
  { type: "emails", name: "inlet_spam_verdict", label: "Spam verdict", unique: false, kind: "string" },
  { type: "emails", name: "inlet_attachment_count", label: "Attachments received", unique: false, kind: "number" },
];

/** What contacts need beside whose addresses HubSpot does not take. */
export const CONTACT_PROPERTIES: readonly CustomProperty[] = [
  { type: "contacts", name: "inlet_contact_key", label: "Inlet contact key", unique: true, kind: "string" },
];

/** What companies that Inlet makes need beside. */
export const COMPANY_PROPERTIES: readonly CustomProperty[] = [
  { type: "companies", name: "inlet_company_domain", label: "Inlet company domain", unique: true, kind: "string" },
];

/** What the tasks of rules need beside. */
export const TASK_PROPERTIES: readonly CustomProperty[] = [
  { type: "tasks", name: "inlet_task_key", label: "Inlet task key", unique: true, kind: "string" },
];

/** Of {@link prepareProperties} in an account that has everything: a GET for each group and property. */
export function requestsFor(properties: readonly CustomProperty[]): number {
  return properties.length + new Set(properties.map(({ type }) => type)).size;
}

/** Makes nothing: what is missing, or not unique where it must be, is an outage of the account. */
export async function verifyProperties(
  client: HubSpotClient,
  properties: readonly CustomProperty[],
  options: CallOptions,
): Promise<CallResult<null>> {
  for (const property of properties) {
    const there = await client.call(buildPropertyRead(client, property), options);
    if (!there.ok) return there;
    const asNeeded = there.value.kind === "ok" ? uniqueAsNeeded(property, there.value.body) : notThere(property);
    if (!asNeeded.ok) return asNeeded;
  }
  return { ok: true, value: null };
}

/**
 * Makes the group and the properties that are missing: a GET each, a POST for what is not there; another instance that was faster (409)
 * is fine. Answers with those that it made, as `type.name`. A property that exists but is not unique, where it must be, is an outage of the account: writing on would make duplicates.
 */
export async function prepareProperties(
  client: HubSpotClient,
  properties: readonly CustomProperty[],
  options: CallOptions,
): Promise<CallResult<string[]>> {
  for (const type of new Set(properties.map((property) => property.type))) {
    const group = await ensureGroup(client, type, options);
    if (!group.ok) return group;
  }
  const names: string[] = [];
  for (const property of properties) {
    const made = await ensureProperty(client, property, options);
    if (!made.ok) return made;
    if (made.value) names.push(`${property.type}.${property.name}`);
  }
  return { ok: true, value: names };
}

async function ensureGroup(client: HubSpotClient, type: HubSpotType, options: CallOptions): Promise<CallResult<null>> {
  const path = client.paths.propertyGroups(type);
  const there = await client.call(
    { method: "GET", path: `${path}/${GROUP.name}`, template: `${path}/{groupName}`, write: false },
    options,
  );
  if (!there.ok) return there;
  if (there.value.kind === "ok") return { ok: true, value: null };
  const made = await client.call(
    { method: "POST", path, template: path, write: true, body: { ...GROUP, displayOrder: -1 } },
    options,
  );
  return made.ok ? { ok: true, value: null } : made;
}

/** Whether it was this call that made it. */
async function ensureProperty(
  client: HubSpotClient,
  property: CustomProperty,
  options: CallOptions,
): Promise<CallResult<boolean>> {
  const path = client.paths.properties(property.type);
  const read = buildPropertyRead(client, property);
  const there = await client.call(read, options);
  if (!there.ok) return there;
  if (there.value.kind === "ok") return answered(uniqueAsNeeded(property, there.value.body), false);
  const made = await client.call(
    { method: "POST", path, template: path, write: true, body: definition(property) },
    options,
  );
  if (!made.ok) return made;
  if (made.value.kind === "ok") return answered(uniqueAsNeeded(property, made.value.body), true);
  const others = await client.call(read, options);
  if (!others.ok) return others;
  return others.value.kind === "ok"
    ? answered(uniqueAsNeeded(property, others.value.body), false)
    : { ok: true, value: false };
}

function answered(checked: CallResult<null>, made: boolean): CallResult<boolean> {
  return checked.ok ? { ok: true, value: made } : checked;
}

function buildPropertyRead(client: HubSpotClient, { type, name }: CustomProperty): HubSpotCall {
  const path = client.paths.property(type, name);
  return { method: "GET", path, template: `${client.paths.properties(type)}/{propertyName}`, write: false };
}

function uniqueAsNeeded(property: CustomProperty, body: Record<string, unknown>): CallResult<null> {
  if (!property.unique || body["hasUniqueValue"] === true) return { ok: true, value: null };
  return missing(
    `the property ${property.name} of ${property.type} is not unique; delete it in HubSpot, Inlet makes it anew`,
  );
}

function notThere({ type, name }: CustomProperty): CallResult<null> {
  return missing(`the property ${name} of ${type} is not there; make it with inlet crm prepare`);
}

function missing(message: string): CallResult<null> {
  return { ok: false, fault: outage("hubspot:400:PROPERTY_MISSING", message, { unknown: false }) };
}

function definition(property: CustomProperty): object {
  return {
    name: property.name,
    label: property.label,
    groupName: GROUP.name,
    type: property.kind,
    fieldType: property.kind === "number" ? "number" : "text",
    hasUniqueValue: property.unique,
    description: "Written by Inlet.",
    formField: false,
  };
}
