import { parseLossless } from "../../calls/lossless-json.ts";

/** What Inlet reads of a HubSpot answer. `message` is left out on purpose where it is logged: it may quote an address. */
export interface HubSpotError {
  readonly category: string | null;
  readonly subCategory: string | null;
  readonly errorType: string | null;
  readonly policyName: string | null;
  readonly correlationId: string | null;
  /** Of an entry in a batch answer: the inputs that it is about. */
  readonly traceIds: readonly string[];
  /** Only to be searched for fixed words and ids, never passed on. */
  readonly text: string;
}

export interface HubSpotRecord {
  readonly id: string;
  readonly properties: Readonly<Record<string, string | null>>;
  readonly new?: boolean;
  /** The input of a batch that it answers, where HubSpot says so. */
  readonly traceId?: string;
}

/** The answer's JSON object; null when it is none. */
export function jsonObject(text: string): Record<string, unknown> | null {
  try {
    const value = parseLossless(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}

/** Reads an error body (`{status, message, correlationId, category, …}`, 429 with `errorType` and `policyName`). */
export function hubSpotError(text: string): HubSpotError {
  const body = jsonObject(text) ?? {};
  const field = (name: string): string | null => {
    const value = body[name];
    return typeof value === "string" ? value : null;
  };
  return {
    category: field("category"),
    subCategory: field("subCategory"),
    errorType: field("errorType"),
    policyName: field("policyName"),
    correlationId: field("correlationId"),
    traceIds: traceIds(body["context"]),
    text: text.slice(0, 20_000),
  };
}

/** A CRM record in an answer; null when the shape is not one. */
export function hubSpotRecord(value: unknown): HubSpotRecord | null {
  if (typeof value !== "object" || value === null) return null;
  const { id, properties, new: isNew, objectWriteTraceId } = value as Record<string, unknown>;
  if (typeof id !== "string" && typeof id !== "number") return null;
  return {
    id: String(id),
    properties: (typeof properties === "object" && properties !== null ? properties : {}) as Record<
      string,
      string | null
    >,
    ...(typeof isNew === "boolean" ? { new: isNew } : {}),
    ...(typeof objectWriteTraceId === "string" ? { traceId: objectWriteTraceId } : {}),
  };
}

function traceIds(context: unknown): string[] {
  if (typeof context !== "object" || context === null) return [];
  const { objectWriteTraceId } = context as Record<string, unknown>;
  return Array.isArray(objectWriteTraceId) ? objectWriteTraceId.filter((id) => typeof id === "string") : [];
}

/** The parts of a batch answer: `results`, and the `errors` of a 207. */
export function batchAnswer(body: Record<string, unknown>): {
  readonly results: readonly HubSpotRecord[];
  readonly errors: readonly HubSpotError[];
} {
  const results = Array.isArray(body["results"]) ? body["results"] : [];
  const errors = Array.isArray(body["errors"]) ? body["errors"] : [];
  return {
    results: results.map(hubSpotRecord).filter((record) => record !== null),
    errors: errors.map((error) => hubSpotError(JSON.stringify(error))),
  };
}
