import { problems } from "../problem.ts";
import { typeId } from "../store/object-types.ts";
import { bodyObject, theObject, typeOf } from "./api-call.ts";
import type { ApiContext, Route } from "./api-call.ts";

/** Associations after the fact: the default one (v4, 200), labelled ones (v4, 201), listing and removal. */
export function associationRoutes(context: ApiContext): Route[] {
  const { store, now } = context;
  const url = "/crm/:version/objects/:type/:id/associations";
  return [
    {
      method: "PUT",
      url: `${url}/default/:to/:toId`,
      handler: (call) => {
        const { typeIds, fromId, toId } = store.associate(
          theObject(context, call),
          typeOf(call.params["to"]),
          call.params["toId"] ?? "",
        );
        const at = new Date(now()).toISOString();
        const results = typeIds.map((id) => ({ from: { id: fromId }, to: { id: toId }, associationSpec: spec(id) }));
        return { status: 200, body: { status: "COMPLETE", results, startedAt: at, completedAt: at } };
      },
    },
    {
      method: "PUT",
      url: `${url}/:to/:toId`,
      handler: (call) => {
        if (!Array.isArray(call.body)) throw problems.badJson("a list of association types is expected");
        const ids = call.body.map((entry) => Number(bodyObject(entry)["associationTypeId"]));
        const from = theObject(context, call);
        const to = typeOf(call.params["to"]);
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
        const ties = store.associated(theObject(context, call), typeOf(call.params["to"]));
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
        store.dissociate(theObject(context, call), typeOf(call.params["to"]), call.params["toId"] ?? "");
        return { status: 204 };
      },
    },
  ];
}

function spec(id: number): object {
  return { associationCategory: "HUBSPOT_DEFINED", associationTypeId: id };
}
