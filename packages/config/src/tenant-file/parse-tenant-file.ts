import { parseDocument } from "yaml";
import { tenantFileWith } from "./tenant-file.ts";
import type { Kinds, TenantFile } from "./tenant-file.ts";
import { tenantFaults } from "./tenant-faults.ts";
import type { ConfigFault } from "../types.ts";

/** A tenant's file as written; null when it has `faults`, which are added. No reference is resolved. */
export function parseTenantFile(
  where: string,
  text: string,
  faults: ConfigFault[],
  kinds: Kinds = {},
): TenantFile | null {
  const document = parseDocument(text, { prettyErrors: true });
  for (const error of document.errors) {
    const line = error.linePos?.[0].line;
    faults.push({
      where,
      field: line === undefined ? "" : `line ${line}`,
      problem: `is not valid YAML (${error.code.toLowerCase().replaceAll("_", " ")})`,
      remedy: 'Correct the line; values that start with *, & or @ need quotes, such as "*@inlet.example"',
    });
  }
  if (document.errors.length > 0) return null;
  let content: unknown;
  try {
    content = document.toJS();
  } catch {
    faults.push({
      where,
      field: "",
      problem: "has an alias that resolves to nothing, or to too much",
      remedy: 'Put values that start with * into quotes, such as "*@inlet.example"',
    });
    return null;
  }
  const tenantFile = tenantFileWith(kinds);
  const parsed = tenantFile.safeParse(content ?? {}, { reportInput: false });
  if (parsed.success) return parsed.data;
  faults.push(...tenantFaults(where, parsed.error.issues, content, tenantFile));
  return null;
}
