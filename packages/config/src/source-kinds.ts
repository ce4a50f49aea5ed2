import type { TenantFile } from "./tenant-file.ts";

type Source = TenantFile["sources"][string];

/** What a source of its kind must have, or has without any meaning. */
export function kindFaults(source: Source): { field: string; problem: string; remedy: string }[] {
  const { kind, secrets, trustedAuthserv } = source;
  if (kind === "smtp" && secrets !== undefined) {
    return [
      {
        field: "secrets",
        problem: "has no meaning for kind smtp",
        remedy: "Remove it: use allowFrom to say who may send",
      },
    ];
  }
  if (kind !== "smtp" && secrets === undefined) {
    return [
      { field: "secrets", problem: "is missing", remedy: "List the source's signing secrets as env:NAME or file:PATH" },
    ];
  }
  return kind === "smtp" || trustedAuthserv.length === 0
    ? []
    : [{ field: "trustedAuthserv", problem: "has a meaning for kind smtp only", remedy: "Remove it" }];
}
