import { problems } from "../problem.ts";
import type { PropertyDefinition } from "../store/property-definitions.ts";
import { bodyObject, parseType } from "./api-call.ts";
import type { ApiContext, Route } from "./api-call.ts";

const TYPES = ["string", "number", "datetime", "enumeration", "bool"] as const;

/** Property definitions, their groups, and deal pipelines. */
export function propertyRoutes({ store }: ApiContext): Route[] {
  const url = "/crm/:version/properties/:type";
  return [
    {
      method: "GET",
      url,
      handler: ({ params }) => ({
        status: 200,
        body: { results: [...store.definitions(parseType(params["type"])).values()].map(shownProperty) },
      }),
    },
    {
      method: "GET",
      url: `${url}/:name`,
      handler: ({ params }) => {
        const definition = store.definitions(parseType(params["type"])).get(params["name"] ?? "");
        if (definition === undefined) throw problems.notFound(`Property "${params["name"] ?? ""}" does not exist`);
        return { status: 200, body: shownProperty(definition) };
      },
    },
    {
      method: "POST",
      url,
      handler: ({ params, body }) => {
        const type = parseType(params["type"]);
        const definition = buildDefinition(bodyObject(body));
        if (store.definitions(type).has(definition.name)) {
          throw problems.conflict(`A property named '${definition.name}' already exists.`);
        }
        if (definition.groupName !== `${type}information` && store.group(type, definition.groupName) === undefined) {
          throw problems.invalid(`property group ${definition.groupName} does not exist`);
        }
        store.define(type, definition);
        return { status: 201, body: shownProperty(definition) };
      },
    },
    {
      method: "GET",
      url: `${url}/groups/:name`,
      handler: ({ params }) => {
        const group = store.group(parseType(params["type"]), params["name"] ?? "");
        if (group === undefined) throw problems.notFound(`Property group ${params["name"] ?? ""} does not exist`);
        return { status: 200, body: { ...group, displayOrder: -1, archived: false } };
      },
    },
    {
      method: "POST",
      url: `${url}/groups`,
      handler: ({ params, body }) => {
        const type = parseType(params["type"]);
        const { name, label } = bodyObject(body);
        if (typeof name !== "string" || typeof label !== "string")
          throw problems.invalid("name and label are required");
        if (store.group(type, name) !== undefined) throw problems.conflict(`Property group ${name} already exists`);
        store.defineGroup(type, name, label);
        return { status: 201, body: { name, label, displayOrder: -1, archived: false } };
      },
    },
    {
      method: "GET",
      url: "/crm/:version/pipelines/:type",
      handler: ({ params }) => {
        if (parseType(params["type"]) !== "deals") throw problems.notFound();
        const results = store.account.pipelines.map(({ id, label, stages }, displayOrder) => ({
          id,
          label,
          displayOrder,
          archived: false,
          stages: stages.map(({ isClosed = false, isWon = false, ...stage }, order) => ({
            ...stage,
            displayOrder: order,
            archived: false,
            metadata: { isClosed: String(isClosed), ...(isClosed ? { probability: isWon ? "1.0" : "0.0" } : {}) },
          })),
        }));
        return { status: 200, body: { results } };
      },
    },
    {
      method: "DELETE",
      url: "/crm/:version/pipelines/:type/:id",
      handler: ({ params }) => {
        store.changeAccount({ pipelines: store.account.pipelines.filter(({ id }) => id !== params["id"]) });
        return { status: 204 };
      },
    },
    {
      method: "DELETE",
      url: "/crm/:version/pipelines/:type/:id/stages/:stage",
      handler: ({ params }) => {
        const pipelines = store.account.pipelines.map((pipeline) =>
          pipeline.id === params["id"]
            ? { ...pipeline, stages: pipeline.stages.filter(({ id }) => id !== params["stage"]) }
            : pipeline,
        );
        store.changeAccount({ pipelines });
        return { status: 204 };
      },
    },
  ];
}

function buildDefinition(given: Record<string, unknown>): PropertyDefinition {
  const { name, label, groupName, type, fieldType } = given;
  for (const [field, value] of Object.entries({ name, label, groupName, type, fieldType })) {
    if (typeof value !== "string" || value === "")
      throw problems.invalid(`Some required fields were not set: [${field}]`);
  }
  const kind = TYPES.find((known) => known === type);
  if (kind === undefined) throw problems.invalid(`type must be one of ${TYPES.join(", ")}`);
  if (!/^[a-z][a-z0-9_]*$/.test(name as string)) throw problems.invalid("a name is lower-case letters, digits and _");
  const options = Array.isArray(given["options"]) ? given["options"] : [];
  return {
    name: name as string,
    label: label as string,
    groupName: groupName as string,
    type: kind,
    fieldType: fieldType as string,
    hasUniqueValue: given["hasUniqueValue"] === true,
    readOnly: false,
    options: options.map((option) => String(bodyObject(option)["value"])),
    hubspotDefined: false,
  };
}

function shownProperty({ readOnly, options, ...definition }: PropertyDefinition): object {
  return {
    ...definition,
    options: options.map((value) => ({ label: value, value, hidden: false })),
    modificationMetadata: { readOnlyValue: readOnly, readOnlyDefinition: definition.hubspotDefined, archivable: true },
  };
}
