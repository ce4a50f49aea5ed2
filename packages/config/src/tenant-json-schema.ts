import { z } from "zod";
import { tenantFile } from "./tenant-file.ts";

export interface JsonSchemaNode {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, JsonSchemaNode>>;
  readonly additionalProperties?: JsonSchemaNode | boolean;
  readonly items?: JsonSchemaNode;
  readonly [keyword: string]: unknown;
}

/** JSON Schema (2020-12) of a tenant file as written, for editors and for the faults' remedies. */
export function tenantJsonSchema(): JsonSchemaNode {
  return {
    $id: "https://inlet.example/tenant.schema.json",
    title: "Inlet tenant file",
    ...(z.toJSONSchema(tenantFile, { io: "input", target: "draft-2020-12" }) as JsonSchemaNode),
  };
}

/** The node of the schema that describes the value at `path`; undefined where the schema says nothing of it. */
export function schemaNodeAt(root: JsonSchemaNode, path: readonly PropertyKey[]): JsonSchemaNode | undefined {
  let node: JsonSchemaNode | undefined = root;
  for (const step of path) {
    if (node === undefined) return undefined;
    const named: JsonSchemaNode | undefined = node.properties?.[String(step)];
    const rest: JsonSchemaNode | undefined =
      typeof node.additionalProperties === "object" ? node.additionalProperties : undefined;
    node = named ?? (typeof step === "number" ? node.items : rest);
  }
  return node;
}
