import { z } from "zod";
import { tenantFile } from "./tenant-file.ts";

export interface JsonSchemaNode {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, JsonSchemaNode>>;
  readonly additionalProperties?: JsonSchemaNode | boolean;
  readonly items?: JsonSchemaNode;
  /** A choice by `kind`. */
  readonly oneOf?: readonly JsonSchemaNode[];
  readonly [keyword: string]: unknown;
}

/** JSON Schema (2020-12) of a tenant file as written, for editors and for the faults' remedies. */
export function tenantJsonSchema(file: z.ZodType = tenantFile): JsonSchemaNode {
  return {
    $id: "https://inlet.example/tenant.schema.json",
    title: "Inlet tenant file",
    ...(z.toJSONSchema(file, { io: "input", target: "draft-2020-12" }) as JsonSchemaNode),
  };
}

/**
 * The node of the schema that describes the value at `path` of `content`; undefined where the schema says nothing of it. Where the schema
 * has a choice by kind, the content's kind decides, else the first.
 */
export function schemaNodeAt(
  root: JsonSchemaNode,
  path: readonly PropertyKey[],
  content: unknown,
): JsonSchemaNode | undefined {
  let node: JsonSchemaNode | undefined = root;
  let value = content;
  for (const step of path) {
    if (node === undefined) return undefined;
    node = child(ofKind(node, value), step);
    value = property(value, step);
  }
  return node === undefined ? undefined : ofKind(node, value);
}

function child(node: JsonSchemaNode, step: PropertyKey): JsonSchemaNode | undefined {
  const rest = typeof node.additionalProperties === "object" ? node.additionalProperties : undefined;
  return node.properties?.[String(step)] ?? (typeof step === "number" ? node.items : rest);
}

function ofKind(node: JsonSchemaNode, value: unknown): JsonSchemaNode {
  const { oneOf, ...itself } = node;
  if (oneOf === undefined) return node;
  const kind = property(value, "kind");
  const chosen = oneOf.find(({ properties }) => properties?.["kind"]?.["const"] === kind) ?? oneOf[0];
  return { ...chosen, ...itself };
}

function property(value: unknown, name: PropertyKey): unknown {
  return typeof value === "object" && value !== null ? (value as Record<PropertyKey, unknown>)[name] : undefined;
}
