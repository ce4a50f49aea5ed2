import { problems } from "../problem.ts";
import { objectType } from "../store/object-types.ts";
import type { ObjectType } from "../store/object-types.ts";
import type { CrmStore } from "../store/crm-store.ts";
import type { StoredObject } from "../store/stored.ts";

/** A request as a handler sees it: read completely, so that handlers are plain functions that can also run later. */
export interface ApiCall {
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string | undefined>>;
  readonly body: unknown;
  readonly upload: Upload | null;
}

export interface Upload {
  readonly fields: Readonly<Record<string, string>>;
  readonly file: { readonly name: string; readonly contentType: string; readonly bytes: Buffer } | null;
}

export interface ApiAnswer {
  readonly status: number;
  readonly body?: object;
}

export type Handler = (call: ApiCall) => ApiAnswer;

export interface ApiContext {
  readonly store: CrmStore;
  readonly now: () => number;
  readonly searchLagMs: number;
}

export interface Route {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly url: string;
  readonly handler: Handler;
  readonly kind?: "search";
}

/** The object type of a path's segment. Throws a 400 for one that is not here. */
export function parseType(name: string | undefined): ObjectType {
  const type = objectType(name ?? "");
  if (type === undefined) throw problems.invalid(`Unable to infer object type from: ${name ?? ""}`);
  return type;
}

export function bodyObject(body: unknown): Record<string, unknown> {
  if (typeof body !== "object" || body === null || Array.isArray(body)) throw problems.badJson("an object is expected");
  return body as Record<string, unknown>;
}

/** The `inputs` of a batch call: 1 to `most`. */
export function batchInputs(body: unknown, most = 100): Record<string, unknown>[] {
  const { inputs } = bodyObject(body);
  if (!Array.isArray(inputs) || inputs.length === 0)
    throw problems.invalid("Some required fields were not set: [inputs]");
  if (inputs.length > most)
    throw problems.invalid(`The maximum number of inputs is ${most}, ${inputs.length} were sent`);
  return inputs.map(bodyObject);
}

/** The record of a path. Throws HubSpot's 404. */
export function theObject(context: ApiContext, call: ApiCall): StoredObject {
  const id = call.params["id"] ?? "";
  const object = context.store.find(parseType(call.params["type"]), id, call.query["idProperty"]);
  if (object === undefined) throw problems.notFound();
  return object;
}

/** A record as HubSpot answers it. `names` chooses properties; without it all are shown. */
export function shown(object: StoredObject, names?: readonly string[]): Record<string, unknown> {
  const createdAt = new Date(object.createdAt).toISOString();
  const updatedAt = new Date(object.updatedAt).toISOString();
  const own = { hs_object_id: object.id, createdate: createdAt, hs_lastmodifieddate: updatedAt };
  const chosen =
    names === undefined
      ? object.properties
      : Object.fromEntries(
          names.filter((name) => !(name in own)).map((name) => [name, object.properties[name] ?? null]),
        );
  return { id: object.id, properties: { ...chosen, ...own }, createdAt, updatedAt, archived: object.archived };
}

export function names(list: string | undefined): string[] | undefined {
  return list === undefined || list === "" ? undefined : list.split(",").map((name) => name.trim());
}
