import { z } from "zod";
import type { AnyAction, AnyScreen } from "../screen.ts";
import { ANSWERS } from "./answers.ts";

/** Where the API begins. */
export const API = "/api/v1";

/** OpenAPI 3.1 of all that can be asked and changed, from the schemas that check it. */
export function buildOpenApi(screens: readonly AnyScreen[], actions: readonly AnyAction[]): object {
  const paths: Record<string, object> = {};
  for (const { name, path, summary, role, query } of screens) {
    paths[toApiPath(name, path)] = {
      ...paths[toApiPath(name, path)],
      get: {
        operationId: name,
        summary,
        description: `Needs ${role === null ? "any role" : `the role ${role}`}.`,
        parameters: listParameters(path, query),
        responses: responses("What was asked for.", describeAnswer(name)),
      },
    };
  }
  for (const { name, path, summary, role, input, result } of actions) {
    const { properties = {} } = toObjectSchema(input);
    const inBody = Object.keys(properties).filter((field) => !path.includes(`:${field}`));
    paths[toApiPath(name, path)] = {
      ...paths[toApiPath(name, path)],
      post: {
        operationId: name,
        summary,
        description: `Needs ${role === null ? "any role" : `the role ${role}`}.`,
        parameters: [...listPathParameters(path, properties), IDEMPOTENCY_KEY],
        ...(inBody.length === 0
          ? {}
          : { requestBody: { content: { "application/json": { schema: pick(properties, inBody) } } } }),
        responses: responses("What was changed.", result === undefined ? undefined : toObjectSchema(result, "output")),
      },
    };
  }
  return {
    openapi: "3.1.0",
    info: { title: "Inlet console", version: "1", description: "What the console's pages show and change, as JSON." },
    servers: [{ url: API }],
    security: [{ token: [] }],
    components: {
      securitySchemes: { token: { type: "http", scheme: "bearer", description: "inlet tokens create" } },
      schemas: { Problem: PROBLEM },
    },
    paths,
  };
}

/** Of a screen or an action below {@link API}, in OpenAPI's spelling. */
function toApiPath(name: string, path: string): string {
  return path === "/" ? `/${name}` : path.replaceAll(/:(\w+)/g, "{$1}");
}

function describeAnswer(name: string): object | undefined {
  const answer = ANSWERS[name];
  return answer === undefined ? undefined : toObjectSchema(answer, "output");
}

type Properties = Record<string, object>;

function toObjectSchema(
  schema: z.ZodType,
  io: "input" | "output" = "input",
): { properties?: Properties; required?: string[] } {
  return z.toJSONSchema(schema, { io, unrepresentable: "any" }) as {
    properties?: Properties;
    required?: string[];
  };
}

function listParameters(path: string, query: z.ZodType): object[] {
  const { properties = {}, required = [] } = toObjectSchema(query);
  const own = Object.entries(properties).filter(([name]) => !path.includes(`:${name}`));
  return [
    ...listPathParameters(path, properties),
    ...own.map(([name, schema]) => ({ name, in: "query", required: required.includes(name), schema })),
  ];
}

function listPathParameters(path: string, properties: Properties): object[] {
  return [...path.matchAll(/:(\w+)/g)].map(([, name = ""]) => ({
    name,
    in: "path",
    required: true,
    schema: properties[name] ?? {},
  }));
}

function pick(properties: Properties, names: readonly string[]): object {
  return { type: "object", properties: Object.fromEntries(names.map((name) => [name, properties[name] ?? {}])) };
}

function responses(description: string, schema: object = { type: "object" }): object {
  return {
    "200": { description, content: { "application/json": { schema } } },
    default: {
      description: "A problem (RFC 9457).",
      content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
    },
  };
}

const IDEMPOTENCY_KEY = {
  name: "Idempotency-Key",
  in: "header",
  required: false,
  description: "Such as a UUID. Asked again under it within a day, it is not done again: the first answer is given.",
  schema: { type: "string", minLength: 16, maxLength: 200 },
};

const PROBLEM = {
  type: "object",
  properties: {
    type: { type: "string" },
    title: { type: "string" },
    status: { type: "integer" },
    detail: { type: "string" },
  },
};
