import { problems } from "../problem.ts";
import type { CrmStore } from "../store/crm-store.ts";
import type { ObjectType } from "../store/object-types.ts";
import type { StoredObject } from "../store/stored.ts";
import { bodyObject, shown, parseType } from "./api-call.ts";
import type { ApiContext, Route } from "./api-call.ts";

/** `POST /crm/v3/objects/{type}/merge`, as a person does it in HubSpot's pages too. */
export function mergeRoutes({ store, now }: ApiContext): Route[] {
  return [
    {
      method: "POST",
      url: "/crm/:version/objects/:type/merge",
      handler: ({ params, body }) => {
        const type = parseType(params["type"]);
        const { primaryObjectId, objectIdToMerge } = bodyObject(body);
        const winner = mergeRecords(store, type, String(primaryObjectId), String(objectIdToMerge), now());
        return { status: 200, body: shown(winner) };
      },
    },
  ];
}

/**
 * Two records become one, as HubSpot merges: the primary's values count, empty ones are filled from the other, ties go over, and the other's
 * id leads to the primary from then on, which lists it in `hs_merged_object_ids`. The other's unique values are no one's any more.
 */
export function mergeRecords(
  store: CrmStore,
  type: ObjectType,
  primaryId: string,
  otherId: string,
  now: number,
): StoredObject {
  const primary = store.find(type, primaryId);
  const other = store.find(type, otherId);
  if (primary === undefined || other === undefined || primary.id === other.id) throw problems.notFound();
  const ties = store.associated(other);
  store.archive(other, now);
  const { email = "", hs_additional_emails: further = "", ...rest } = other.properties;
  const emails = [primary.properties["hs_additional_emails"] ?? "", email, further].flatMap((list) => list.split(";"));
  const merged = [primary, other].flatMap(({ id, properties }) => [
    ...(properties["hs_merged_object_ids"] ?? "").split(";"),
    ...(id === other.id ? [id] : []),
  ]);
  const winner = store.replace(
    {
      ...primary,
      properties: {
        ...rest,
        ...primary.properties,
        ...(type === "contacts" ? { hs_additional_emails: emails.filter((each) => each !== "").join(";") } : {}),
        hs_merged_object_ids: merged.filter((id) => id !== "").join(";"),
      },
    },
    now,
  );
  store.merged(type, other.id, winner.id);
  for (const { to, toId, typeIds } of ties) store.associate(winner, to, toId, typeIds);
  return winner;
}
