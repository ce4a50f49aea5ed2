import type { z } from "zod";
import { nearestWord } from "./nearest-word.ts";
import { schemaNodeAt, tenantJsonSchema } from "./tenant-json-schema.ts";
import type { ConfigFault } from "../types.ts";

/** What zod found wrong in a tenant file (`content`), as faults that name field, problem and remedy. No value of the file is repeated: it may be a secret. */
export function tenantFaults(
  where: string,
  issues: readonly z.core.$ZodIssue[],
  content: unknown,
  file: z.ZodType,
): ConfigFault[] {
  const schema = tenantJsonSchema(file);
  return issues.flatMap((issue): ConfigFault[] => {
    const field = issue.path.map(String).join(".");
    if (issue.code === "unrecognized_keys") {
      const known = Object.keys(schemaNodeAt(schema, issue.path, content)?.properties ?? {});
      return issue.keys.map((key) => {
        const meant = nearestWord(key, known);
        return {
          where,
          field: [field, key].filter((part) => part !== "").join("."),
          problem: "is not a key that Inlet knows",
          remedy: meant === undefined ? `Known here: ${known.join(", ")}` : `Did you mean "${meant}"?`,
        };
      });
    }
    const description = schemaNodeAt(schema, issue.path, content)?.description;
    return [{ where, field, problem: describeProblem(issue), remedy: describeRemedy(issue, description) }];
  });
}

function describeProblem(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "invalid_type":
      return issue.message.includes("received undefined") ? "is missing" : `is not of type ${issue.expected}`;
    case "invalid_value":
      return issue.message.includes("received undefined")
        ? "is missing"
        : `is not one of ${issue.values.map(String).join(", ")}`;
    case "invalid_key":
      return issue.issues[0]?.message ?? "is not a valid name";
    case "invalid_union":
      if ("options" in issue && Array.isArray(issue.options)) return `is not one of ${issue.options.join(", ")}`;
      return described(issue);
    case "too_small":
    case "too_big":
    case "invalid_format":
    case "not_multiple_of":
    case "unrecognized_keys":
    case "invalid_element":
    case "custom":
      return described(issue);
  }
}

function described({ message }: z.core.$ZodIssue): string {
  return /^(is|has|does|names|refers|matches) /.test(message) ? message : `is not valid: ${message}`;
}

function describeRemedy(issue: z.core.$ZodIssue, description: string | undefined): string {
  if (issue.code === "invalid_key") return "Rename it, such as support or signed-json";
  return description === undefined ? "See docs/reference/tenant.schema.json" : `Expected: ${description}`;
}
