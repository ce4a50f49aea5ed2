import { Problem, problems } from "../problem.ts";
import type { StoredObject } from "../store/stored.ts";
import { singular } from "../store/object-types.ts";
import type { ObjectType } from "../store/object-types.ts";
import { batchInputs, bodyObject, shown, parseType } from "./api-call.ts";
import type { ApiAnswer, ApiContext, Route } from "./api-call.ts";
import { createObject } from "./objects.ts";

/**
 * Batch upsert, read, create, update and archive. Of a batch that succeeds in part the answer is 207; one that fails whole is its first error.
 * A create succeeds in part only where every input has an `objectWriteTraceId`, else it is all or nothing
 * (https://developers.hubspot.com/docs/api-reference/error-handling, multi-status errors).
 */
export function batchRoutes(context: ApiContext): Route[] {
  const { store, now, searchLagMs } = context;
  const url = "/crm/:version/objects/:type/batch";

  function upsert(type: ObjectType, input: Record<string, unknown>): Record<string, unknown> {
    const idProperty = typeof input["idProperty"] === "string" ? input["idProperty"] : undefined;
    if (idProperty === undefined) throw problems.invalid("Some required fields were not set: [idProperty]");
    const id = getId(input);
    const there = store.find(type, id, idProperty);
    const properties = { ...bodyObject(input["properties"]), [idProperty]: id };
    const object =
      there === undefined ? store.create(type, properties, now()) : store.update(there, properties, now(), searchLagMs);
    return { ...shown(object), new: there === undefined };
  }

  return [
    {
      method: "POST",
      url: `${url}/upsert`,
      handler: ({ params, body }) => {
        const inputs = batchInputs(body);
        const ids = inputs.map((input) => getId(input).toLowerCase());
        if (new Set(ids).size < ids.length) throw problems.invalid("Duplicate IDs found in batch input");
        return eachInput(inputs, 200, now, (input) => upsert(parseType(params["type"]), input));
      },
    },
    {
      method: "POST",
      url: `${url}/read`,
      handler: ({ params, body }) => {
        const type = parseType(params["type"]);
        const { idProperty, properties } = bodyObject(body);
        const property = typeof idProperty === "string" ? idProperty : undefined;
        const chosen = Array.isArray(properties) ? properties.map(String) : undefined;
        const results: object[] = [];
        const missing: string[] = [];
        for (const id of batchInputs(body).map(getId)) {
          const object = store.find(type, id, property);
          if (object === undefined) missing.push(id);
          else results.push(shown(object, chosen));
        }
        const message = `Could not get some ${singular(type)} objects, they may be deleted or not exist. Check that ids are valid.`;
        const errors = [{ status: "error", category: "OBJECT_NOT_FOUND", message, context: { ids: missing } }];
        return batchAnswer(200, now, results, missing.length === 0 ? [] : errors);
      },
    },
    {
      method: "POST",
      url: `${url}/create`,
      handler: ({ params, body }) => {
        const inputs = batchInputs(body);
        const made: StoredObject[] = [];
        const answer = eachInput(inputs, 201, now, (input) => {
          const object = createObject(context, parseType(params["type"]), input);
          made.push(object);
          return shown(object);
        });
        if (answer.refused.length > 0 && !inputs.every((input) => typeof input["objectWriteTraceId"] === "string")) {
          for (const object of made) store.archive(object, now());
          throw answer.refused[0] as Problem;
        }
        return answer;
      },
    },
    {
      method: "POST",
      url: `${url}/update`,
      handler: ({ params, body }) =>
        eachInput(batchInputs(body), 200, now, (input) => {
          const object = existing(parseType(params["type"]), input);
          return shown(store.update(object, input["properties"], now(), searchLagMs));
        }),
    },
    {
      method: "POST",
      url: `${url}/archive`,
      handler: ({ params, body }) => {
        for (const id of batchInputs(body).map(getId)) {
          const object = store.find(parseType(params["type"]), id);
          if (object !== undefined) store.archive(object, now());
        }
        return { status: 204 };
      },
    },
  ];

  function existing(type: ObjectType, input: Record<string, unknown>): StoredObject {
    const property = typeof input["idProperty"] === "string" ? input["idProperty"] : undefined;
    const object = store.find(type, getId(input), property);
    if (object === undefined) throw problems.notFound();
    return object;
  }
}

function getId(input: Record<string, unknown>): string {
  const { id } = input;
  if (typeof id !== "string" || id === "") throw problems.invalid("Some required fields were not set: [id]");
  return id;
}

function eachInput(
  inputs: readonly Record<string, unknown>[],
  status: number,
  now: () => number,
  work: (input: Record<string, unknown>) => object,
): ApiAnswer & { readonly refused: readonly Problem[] } {
  const traceIds = inputs.map((input) => input["objectWriteTraceId"]).filter((id) => typeof id === "string");
  if (new Set(traceIds).size < traceIds.length) throw problems.invalid("Duplicate objectWriteTraceId in batch input");
  const results: object[] = [];
  const errors: object[] = [];
  const refused: Problem[] = [];
  for (const input of inputs) {
    const traceId = input["objectWriteTraceId"];
    const traced = typeof traceId === "string";
    try {
      results.push({ ...work(input), ...(traced ? { objectWriteTraceId: traceId } : {}) });
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      refused.push(error);
      errors.push({ ...(error.body as object), ...(traced ? { context: { objectWriteTraceId: [traceId] } } : {}) });
    }
  }
  if (results.length === 0 && refused[0] !== undefined) throw refused[0];
  return { ...batchAnswer(status, now, results, errors), refused };
}

export function batchAnswer(
  status: number,
  now: () => number,
  results: readonly object[],
  errors: readonly object[],
): ApiAnswer {
  const at = new Date(now()).toISOString();
  const body = { status: "COMPLETE", results, startedAt: at, completedAt: at };
  return errors.length === 0 ? { status, body } : { status: 207, body: { ...body, numErrors: errors.length, errors } };
}

/** The answer to a batch whose every input is refused: a fault on demand. */
export function refusingBatch(category: string, now: () => number): ApiAnswer {
  return batchAnswer(200, now, [], [{ status: "error", category, message: "a fault on demand", context: {} }]);
}
