import { Problem, problems } from "../problem.ts";
import type { Association } from "../store/stored.ts";
import { singular, typeId } from "../store/object-types.ts";
import { batchInputs, bodyObject, theObject, parseType } from "./api-call.ts";
import type { ApiContext, Route } from "./api-call.ts";
import { batchAnswer } from "./batches.ts";

/** Associations after the fact: the default one (v4, 200; many at once, 200 or 207), labelled ones (v4, 201), listing and removal. */
export function associationRoutes(context: ApiContext): Route[] {
  const { store, now } = context;
  const url = "/crm/:version/objects/:type/:id/associations";
  return [
    {
      method: "POST",
      url: "/crm/:version/associations/:type/:to/batch/associate/default",
      handler: (call) => {
        const from = parseType(call.params["type"]);
        const to = parseType(call.params["to"]);
        const results: object[] = [];
        const errors: object[] = [];
        for (const input of batchInputs(call.body, 2000)) {
          const fromId = String(bodyObject(input["from"])["id"]);
          const toId = String(bodyObject(input["to"])["id"]);
          try {
            const object = store.find(from, fromId);
            if (object === undefined) throw problems.notFound(`No ${singular(from)} with id ${fromId}`);
            results.push(...shownTies(store.associate(object, to, toId)));
          } catch (error) {
            if (!(error instanceof Problem)) throw error;
            const context = { fromObjectId: [fromId], toObjectId: [toId] };
            errors.push({ ...(error.body as object), context });
          }
        }
        return batchAnswer(200, now, results, errors);
      },
    },
    {
      method: "PUT",
      url: `${url}/default/:to/:toId`,
      handler: (call) => {
        const tie = store.associate(theObject(context, call), parseType(call.params["to"]), call.params["toId"] ?? "");
        return batchAnswer(200, now, shownTies(tie), []);
      },
    },
    {
      method: "PUT",
      url: `${url}/:to/:toId`,
      handler: (call) => {
        if (!Array.isArray(call.body)) throw problems.badJson("a list of association types is expected");
        const ids = call.body.map((entry) => Number(bodyObject(entry)["associationTypeId"]));
        const from = theObject(context, call);
        const to = parseType(call.params["to"]);
        const { toId } = store.associate(from, to, call.params["toId"] ?? "", ids);
        const ends = {
          fromObjectTypeId: typeId(from.type),
          fromObjectId: from.id,
          toObjectTypeId: typeId(to),
          toObjectId: toId,
        };
        return { status: 201, body: { ...ends, labels: [] } };
      },
    },
    {
      method: "GET",
      url: `${url}/:to`,
      handler: (call) => {
        const ties = store.associated(theObject(context, call), parseType(call.params["to"]));
        const results =
          call.params["version"] === "v3"
            ? ties.map(({ toId, from, to }) => ({ id: toId, type: `${from}_to_${to}` }))
            : ties.map(({ toId, typeIds }) => ({
                toObjectId: Number(toId),
                associationTypes: typeIds.map((id) => ({ category: "HUBSPOT_DEFINED", typeId: id, label: null })),
              }));
        return { status: 200, body: { results } };
      },
    },
    {
      method: "DELETE",
      url: `${url}/:to/:toId`,
      handler: (call) => {
        store.dissociate(theObject(context, call), parseType(call.params["to"]), call.params["toId"] ?? "");
        return { status: 204 };
      },
    },
  ];
}

function shownTies({ fromId, toId, typeIds }: Association): object[] {
  return typeIds.map((id) => ({
    from: { id: fromId },
    to: { id: toId },
    associationSpec: { associationCategory: "HUBSPOT_DEFINED", associationTypeId: id },
  }));
}
