import { problems } from "../problem.ts";
import type { CrmStore } from "../store/crm-store.ts";
import type { StoredObject } from "../store/stored.ts";
import { typeTiedBy } from "../store/object-types.ts";
import type { ObjectType } from "../store/object-types.ts";
import { bodyObject, names, shown, theObject, parseType } from "./api-call.ts";
import type { ApiContext, Route } from "./api-call.ts";

/** Create, read, list, update and archive single records; associations may stand in the create. */
export function objectRoutes(context: ApiContext): Route[] {
  const { store, now, searchLagMs } = context;
  const url = "/crm/:version/objects/:type";
  return [
    {
      method: "POST",
      url,
      handler: ({ params, body }) => ({
        status: 201,
        body: shown(createObject(context, parseType(params["type"]), body)),
      }),
    },
    {
      method: "GET",
      url,
      handler: ({ params, query }) => {
        const limit = Math.min(Math.max(Number(query["limit"] ?? 10) || 10, 1), 100);
        const after = query["after"] ?? "";
        const all = store.all(parseType(params["type"])).toSorted((a, b) => Number(a.id) - Number(b.id));
        const rest = after === "" ? all : all.filter(({ id }) => Number(id) > Number(after));
        const page = rest.slice(0, limit);
        const last = page.at(-1);
        const more = rest.length > page.length && last !== undefined ? { paging: { next: { after: last.id } } } : {};
        const chosen = names(query["properties"]);
        return { status: 200, body: { results: page.map((object) => shown(object, chosen)), ...more } };
      },
    },
    {
      method: "GET",
      url: `${url}/:id`,
      handler: (call) => {
        const object = theObject(context, call);
        const asked = names(call.query["associations"]);
        const associations = asked === undefined ? {} : { associations: shownAssociations(store, object, asked) };
        return { status: 200, body: { ...shown(object, names(call.query["properties"])), ...associations } };
      },
    },
    {
      method: "PATCH",
      url: `${url}/:id`,
      handler: (call) => {
        const object = theObject(context, call);
        return {
          status: 200,
          body: shown(store.update(object, bodyObject(call.body)["properties"], now(), searchLagMs)),
        };
      },
    },
    {
      method: "DELETE",
      url: `${url}/:id`,
      handler: ({ params }) => {
        const object = store.find(parseType(params["type"]), params["id"] ?? "");
        // HubSpot answers 204 for what is gone already.
        if (object !== undefined) store.archive(object, now());
        return { status: 204 };
      },
    },
  ];
}

/** Makes a record with its inlined associations: all of it, or nothing. */
export function createObject(context: ApiContext, type: ObjectType, body: unknown): StoredObject {
  const { properties, associations } = bodyObject(body);
  const ties = readAssociations(associations ?? []);
  // The types of the other ends follow from the type ids, so that they are known before anything is made.
  for (const tie of ties) {
    if (tie.to === null) throw problems.invalid(`Association type ${tie.typeIds.join(", ")} is not one from ${type}`);
    if (context.store.find(tie.to, tie.toId)?.id !== tie.toId) {
      throw problems.notFound(`One or more associations are not valid: no ${tie.to} with id ${tie.toId}`);
    }
  }
  const object = context.store.create(type, properties, context.now());
  for (const tie of ties) if (tie.to !== null) context.store.associate(object, tie.to, tie.toId, tie.typeIds);
  return object;

  function readAssociations(given: unknown): { to: ObjectType | null; toId: string; typeIds: number[] }[] {
    if (!Array.isArray(given)) throw problems.badJson("`associations` must be a list");
    return given.map((entry) => {
      const { to, types } = bodyObject(entry);
      const { id } = bodyObject(to);
      const ids = Array.isArray(types) ? types.map((each) => Number(bodyObject(each)["associationTypeId"])) : [];
      return { to: typeTiedBy(type, ids), toId: String(id), typeIds: ids };
    });
  }
}

function shownAssociations(store: CrmStore, object: StoredObject, asked: readonly string[]): Record<string, unknown> {
  const entries = asked.map((name) => {
    const type = parseType(name);
    const results = store.associated(object, type).map(({ toId }) => ({ id: toId, type: `${object.type}_to_${type}` }));
    return [type, results] as const;
  });
  return Object.fromEntries(
    entries.filter(([, results]) => results.length > 0).map(([type, results]) => [type, { results }]),
  );
}
