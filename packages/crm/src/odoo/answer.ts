/** What Inlet reads of an Odoo error. `debug`, a traceback, is never read; `text` is only searched for fixed words, never passed on. */
export interface OdooError {
  /** The exception's class, such as `odoo.exceptions.AccessError`; null where Odoo did not write the answer. */
  readonly name: string | null;
  readonly text: string;
}

/** The answer's JSON value; undefined where it is none. */
export function jsonValue(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Reads an error body: `{"name", "message", "arguments", "context", "debug"}`. */
export function odooError(text: string): OdooError {
  const body = readFields(jsonValue(text));
  const { name, message } = body;
  return {
    name: typeof name === "string" && /^[A-Za-z_][\w.]{0,99}$/.test(name) ? name : null,
    text: typeof message === "string" ? message.slice(0, 20_000) : "",
  };
}

export interface LoadMessage {
  /** The field that Odoo could not take; null where it names none. */
  readonly field: string | null;
  readonly text: string;
}

/** The answer of `load`: the records' ids, or why it wrote nothing; null when it is neither. */
export function loadAnswer(value: unknown): { readonly ids: readonly number[] } | readonly LoadMessage[] | null {
  const { ids, messages } = readFields(value);
  if (Array.isArray(ids)) return { ids: ids.filter((id) => typeof id === "number") };
  if (ids !== false || !Array.isArray(messages)) return null;
  return messages.map((message) => {
    const { field, message: text } = readFields(message);
    return { field: typeof field === "string" ? field : null, text: typeof text === "string" ? text : "" };
  });
}

/** The rows of `search_read`, each with its numeric `id`; null when the answer is none. */
export function readRows(
  value: unknown,
): readonly (Readonly<Record<string, unknown>> & { readonly id: number })[] | null {
  if (!Array.isArray(value)) return null;
  const rows = value.map(readFields);
  return rows.every((row): row is { id: number } => typeof row["id"] === "number") ? rows : null;
}

function readFields(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
