import { parseLossless } from "../calls/lossless-json.ts";
import { placeholdersIn } from "./template.ts";

/** Of one answer; more would be no help. */
const MOST = 10;
/** What is looked at of an answer: parts of parts, and parts in all. */
const DEEPEST = 8;
const MOST_PARTS = 2_000;
/** Of what the request did not have and should. */
const IDENTIFIER = /^[a-z][A-Za-z0-9_]{0,63}$/;

/**
 * Names of properties of the request that the answer to it is about, however the API says so: as names of its own (`{"errors": {"email": …}}`), as
 * pointers (`{"pointer": "#/email"}`, RFC 9457), paths (`"loc": ["body", "email"]`) or words (`{"field": "contact.email"}`). A name is what the
 * request itself calls a property, or stands where APIs write nothing else: never a value, whose it may be.
 */
export function refusedProperties(answer: string, requestBody: unknown): string[] {
  const known = namesIn(parsed(requestBody));
  const named = new Set<string>();
  let parts = 0;
  const look = (value: unknown, at: string, depth: number): void => {
    parts += 1;
    if (parts > MOST_PARTS || depth > DEEPEST) return;
    if (typeof value === "string") {
      if (at === "pointer" && IDENTIFIER.test(value.split("/").at(-1) ?? "")) named.add(value.split("/").at(-1) ?? "");
      const last = /(?:^|[#/.[\]'"])([A-Za-z_][\w-]{0,99})['"\]]*$/.exec(value.slice(-200))?.[1] ?? "";
      if (known.has(last) && !/\s/.test(value)) named.add(last);
      return;
    }
    if (typeof value !== "object" || value === null) return;
    // Steps of a path: the last is the property.
    if (Array.isArray(value) && (at === "loc" || at === "path")) return look(value.at(-1), "", depth + 1);
    for (const [name, part] of Object.entries(value)) {
      if (!Array.isArray(value) && (known.has(name) || (at === "errors" && IDENTIFIER.test(name)))) named.add(name);
      look(part, Array.isArray(value) ? "" : name, depth + 1);
    }
  };
  look(parsed(answer), "", 0);
  return [...named].slice(0, MOST);
}

function namesIn(value: unknown, names = new Set<string>()): Set<string> {
  if (typeof value !== "object" || value === null) return names;
  for (const [name, part] of Object.entries(value)) {
    if (!Array.isArray(value)) names.add(name);
    namesIn(part, names);
  }
  return names;
}

function parsed(text: unknown): unknown {
  if (typeof text !== "string") return undefined;
  try {
    return parseLossless(text);
  } catch {
    return undefined;
  }
}

/** Names of a template's properties whose text has this placeholder in it. */
export function propertiesWith(placeholder: string, body: unknown, found = new Set<string>()): Set<string> {
  if (typeof body !== "object" || body === null) return found;
  for (const [name, value] of Object.entries(body)) {
    if (typeof value === "string" && placeholdersIn(value).some((each) => each.name === placeholder)) found.add(name);
    propertiesWith(placeholder, value, found);
  }
  return found;
}
