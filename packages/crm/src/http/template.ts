/** A value that a placeholder stands for. Undefined: it is not said in this call, and the property that would hold it is left out. */
export type FieldValue = string | number | null | readonly string[] | readonly object[] | undefined;

export type Fields = Readonly<Record<string, FieldValue>>;

/** `{{name}}`, or `{{name?}}`: the property is left out where the value is null or an empty list. */
const PLACEHOLDER = /\{\{\s*(\w+)(\??)\s*\}\}/g;
const ALONE = /^\{\{\s*(\w+)(\??)\s*\}\}$/;

export interface Placeholder {
  readonly name: string;
  readonly optional: boolean;
  /** It is the whole string, so that its value keeps its JSON type. */
  readonly alone: boolean;
}

export function placeholdersIn(text: string): Placeholder[] {
  return [...text.matchAll(PLACEHOLDER)].map(([, name = "", mark]) => ({
    name,
    optional: mark === "?",
    alone: ALONE.test(text),
  }));
}

/** The placeholders of a request, wherever in it they stand. */
export function namesIn(request: unknown): ReadonlySet<string> {
  return new Set(placeholdersIn(JSON.stringify(request ?? {})).map(({ name }) => name));
}

/** Whether braces are left that are no placeholder, such as `{{first name}}`. */
export function hasStrayBraces(text: string): boolean {
  return /\{\{|\}\}/.test(text.replaceAll(PLACEHOLDER, ""));
}

/**
 * A JSON value with its placeholders filled. Values are put into the parsed JSON and never into its text, so that none can break out of
 * its string. Undefined where the value is to be left out.
 */
export function fillJson(template: unknown, fields: Fields): unknown {
  if (typeof template === "string") return fillString(template, fields);
  if (Array.isArray(template)) {
    return template.map((item) => fillJson(item, fields)).filter((item) => item !== undefined);
  }
  if (typeof template !== "object" || template === null) return template;
  const filled = Object.entries(template).map(([name, value]) => [name, fillJson(value, fields)] as const);
  return Object.fromEntries(filled.filter(([, value]) => value !== undefined));
}

function fillString(template: string, fields: Fields): unknown {
  const placeholders = placeholdersIn(template);
  if (placeholders.some(({ name, optional }) => isLeftOut(fields[name], optional))) return undefined;
  const [first] = placeholders;
  if (first?.alone === true) return fields[first.name];
  return template.replaceAll(PLACEHOLDER, (_, name: string) => toText(fields[name]));
}

function isLeftOut(value: FieldValue, optional: boolean): boolean {
  return value === undefined || (optional && (value === null || (Array.isArray(value) && value.length === 0)));
}

/**
 * A path with its placeholders filled and URL-encoded (RFC 3986). Null where a value would change which resource is meant: nothing, `.` and
 * `..` before the query.
 */
export function fillPath(template: string, fields: Fields): string | null {
  const query = template.indexOf("?");
  let usable = true;
  const filled = template.replaceAll(PLACEHOLDER, (_, name: string, _mark: string, at: number) => {
    const value = toText(fields[name]);
    if (/^\.{0,2}$/.test(value) && (query === -1 || at < query)) usable = false;
    return encodeURIComponent(value.toWellFormed());
  });
  return usable ? filled : null;
}

/** A value inside a text. Lists have none: the tenant file's check keeps them out of texts. */
export function toText(value: FieldValue): string {
  if (value === null || value === undefined) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
