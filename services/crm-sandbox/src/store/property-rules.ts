import { parsePhoneNumberFromString } from "libphonenumber-js";
import { problems } from "../problem.ts";
import type { InvalidValue } from "../problem.ts";
import type { ObjectType } from "./object-types.ts";
import { singular } from "./object-types.ts";
import type { Pipeline, PropertyDefinition } from "./property-definitions.ts";

export type Properties = Readonly<Record<string, string>>;

/** What the people of an account may change of what its records must be. */
export interface AccountRules {
  readonly pipelines: readonly Pipeline[];
  /** Properties that the account's own validation wants of every record of a type. */
  readonly required: Readonly<Partial<Record<ObjectType, readonly string[]>>>;
  /** Ids of active users, the only ones who can own records; null: any id is taken. */
  readonly owners: readonly string[] | null;
}

const TEXT_LIMIT = 65_536;
const EMAIL =
  /^[^\s@<>(),;:"[\]\\]+@[A-Za-z0-9\u0080-\uffff](?:[A-Za-z0-9\u0080-\uffff.-]*[A-Za-z0-9\u0080-\uffff])?\.[A-Za-z\u0080-\uffff][A-Za-z0-9\u0080-\uffff-]*$/;
const REQUIRED: Readonly<Partial<Record<ObjectType, readonly string[]>>> = {
  deals: ["dealname", "dealstage"],
  emails: ["hs_timestamp"],
  tasks: ["hs_timestamp"],
};

/**
 * The properties of a request, checked as HubSpot checks them: strings only, known, writable, of their type. Null is left out. Throws a
 * 400 {@link Problem} that lists every bad value.
 */
export function checkedProperties(
  given: unknown,
  definitions: ReadonlyMap<string, PropertyDefinition>,
): Record<string, string> {
  if (typeof given !== "object" || given === null || Array.isArray(given)) {
    throw problems.badJson("`properties` must be an object of strings");
  }
  const checked: Record<string, string> = {};
  const invalid: InvalidValue[] = [];
  for (const [name, value] of Object.entries(given)) {
    if (value === null) continue;
    if (typeof value !== "string") throw problems.badJson(`cannot read property "${name}" as a String`);
    const fault = findFault(name, value, definitions.get(name));
    if (fault === null) checked[name] = value;
    else invalid.push(fault);
  }
  if (invalid.length > 0) throw problems.invalidValues(invalid);
  return checked;
}

function findFault(name: string, value: string, definition: PropertyDefinition | undefined): InvalidValue | null {
  const fault = (error: string, message: string): InvalidValue => ({ name, error, message });
  if (definition === undefined) return fault("PROPERTY_DOESNT_EXIST", `Property "${name}" does not exist`);
  if (definition.readOnly) return fault("READ_ONLY_VALUE", `"${name}" is a read only property`);
  if (value === "") return null;
  if (!value.isWellFormed()) return fault("INVALID_STRING", `${name} holds half a character`);
  if (value.length > TEXT_LIMIT) return fault("PROPERTY_TOO_LONG", `${name} is longer than ${TEXT_LIMIT} characters`);
  if (name === "email" && !EMAIL.test(value)) return fault("INVALID_EMAIL", `Email address ${value} is invalid`);
  switch (definition.type) {
    case "number":
      return Number.isFinite(Number(value)) ? null : fault("INVALID_LONG", `${value} was not a valid long.`);
    case "datetime":
      return parseTime(value) === null ? fault("INVALID_LONG", `${value} was not a valid long.`) : null;
    case "enumeration":
      return definition.options.includes(value)
        ? null
        : fault("INVALID_OPTION", `${value} was not one of the allowed options: [${definition.options.join(", ")}]`);
    case "bool":
      return value === "true" || value === "false" ? null : fault("INVALID_BOOLEAN", `${value} was not a boolean`);
    case "string":
      return null;
  }
}

/** Milliseconds of a time as HubSpot takes it: epoch milliseconds, or ISO 8601; null for neither. */
export function parseTime(value: string): number | null {
  if (/^\d{1,16}$/.test(value)) return Number(value);
  const time = /^\d{4}-\d\d-\d\dT/.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(time) ? null : time;
}

/** What must hold of a whole record: required properties, a stage of its pipeline, readable headers. Gives what follows from them. */
export function completedProperties(
  type: ObjectType,
  properties: Properties,
  { pipelines, required, owners }: AccountRules,
): Properties {
  refuseUnknownOwner(properties, owners);
  const missing = [...(REQUIRED[type] ?? []), ...(required[type] ?? [])].filter(
    (name) => (properties[name] ?? "") === "",
  );
  if (missing.length > 0) {
    throw problems.invalid(
      `Error creating ${singular(type)}. Some required properties were not set. (${missing.join(", ")})`,
    );
  }
  if (type === "deals") return withPipeline(properties, pipelines);
  if (type === "contacts") return withSearchablePhones(properties);
  if (type === "emails") return { ...withTime(properties), ...getParties(properties["hs_email_headers"] ?? "") };
  return type === "tasks" ? withTime(properties) : properties;
}

function refuseUnknownOwner({ hubspot_owner_id: owner = "" }: Properties, owners: readonly string[] | null) {
  if (owner === "" || owners === null || owners.includes(owner)) return;
  const message = `${owner} is not the id of an active owner`;
  throw problems.invalidValues([{ name: "hubspot_owner_id", error: "INVALID_OWNER_ID", message }]);
}

function withPipeline(properties: Properties, pipelines: readonly Pipeline[]): Properties {
  const pipeline = pipelines.find(({ id }) => id === (properties["pipeline"] ?? "default"));
  if (pipeline === undefined) {
    throw problems.invalidValues([
      { name: "pipeline", error: "INVALID_OPTION", message: `${properties["pipeline"]} was not a valid pipeline` },
    ]);
  }
  const stage = properties["dealstage"] ?? "";
  const known = pipeline.stages.find(({ id }) => id === stage);
  if (known === undefined) {
    throw problems.invalidValues([
      { name: "dealstage", error: "INVALID_OPTION", message: `${stage} was not a stage of pipeline ${pipeline.id}` },
    ]);
  }
  const { isClosed = false, isWon = false } = known;
  return {
    ...properties,
    pipeline: pipeline.id,
    hs_is_closed: String(isClosed),
    hs_is_closed_won: String(isWon),
  };
}

/** As HubSpot writes numbers for its search: digits only, without the country code. */
function withSearchablePhones(properties: Properties): Properties {
  const { hs_searchable_calculated_phone_number: _, hs_searchable_calculated_mobile_number: __, ...rest } = properties;
  const national = (name: string): string | null => {
    const written = rest[name] ?? "";
    const digits = written.replaceAll(/\D/g, "");
    return digits === "" ? null : (parsePhoneNumberFromString(written)?.nationalNumber ?? digits);
  };
  const phone = national("phone");
  const mobile = national("mobilephone");
  return {
    ...rest,
    ...(phone === null ? {} : { hs_searchable_calculated_phone_number: phone }),
    ...(mobile === null ? {} : { hs_searchable_calculated_mobile_number: mobile }),
  };
}

function withTime(properties: Properties): Properties {
  const time = parseTime(properties["hs_timestamp"] ?? "");
  return time === null ? properties : { ...properties, hs_timestamp: new Date(time).toISOString() };
}

/** `hs_email_headers` fills the read-only parties; any shape but HubSpot's is a 400 INVALID_JSON. */
function getParties(headers: string): Record<string, string> {
  if (headers === "") return {};
  let read: unknown;
  try {
    read = JSON.parse(headers);
  } catch {
    throw problems.badJson("hs_email_headers is not JSON");
  }
  const { from, to, cc, bcc } = (typeof read === "object" && read !== null ? read : {}) as Record<string, unknown>;
  const lists = [to ?? [], cc ?? [], bcc ?? []];
  if (!isParty(from) || !lists.every((list) => Array.isArray(list) && list.every(isParty))) {
    throw problems.badJson("hs_email_headers must hold from, to, cc and bcc");
  }
  if (![from, ...lists.flat()].every(isAddressed)) {
    const message = "an address of hs_email_headers is invalid";
    throw problems.invalidValues([{ name: "hs_email_headers", error: "INVALID_EMAIL", message }]);
  }
  const emails = (list: unknown): string => ((list ?? []) as Party[]).map(({ email }) => email).join(";");
  return {
    hs_email_from_email: from.email,
    ...(from.firstName === undefined ? {} : { hs_email_from_firstname: from.firstName }),
    ...(from.lastName === undefined ? {} : { hs_email_from_lastname: from.lastName }),
    hs_email_to_email: emails(to),
    hs_email_cc_email: emails(cc),
  };
}

interface Party {
  readonly email: string;
  readonly firstName?: string;
  readonly lastName?: string;
}

function isAddressed({ email }: Party): boolean {
  return EMAIL.test(email);
}

function isParty(value: unknown): value is Party {
  return typeof value === "object" && value !== null && typeof (value as Partial<Party>).email === "string";
}
