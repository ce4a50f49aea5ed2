/** What a pointer leads to. `absent`: a null, or a list that is shorter; `lost`: the answer has another shape than the pointer. */
export type Pointed =
  | { readonly kind: "found"; readonly value: unknown }
  | { readonly kind: "absent" }
  | { readonly kind: "lost" };

/** JSON Pointer (RFC 6901): empty, or `/` and a name for each step. */
export const JSON_POINTER = /^(\/([^/~]|~[01])*)*$/;

/**
 * Follows a JSON Pointer (RFC 6901). Libraries answer undefined whatever is wrong; here "no such record" must be told from an answer that
 * says nothing about the record, since the first makes Inlet write.
 */
export function follow(document: unknown, pointer: string): Pointed {
  let value = document;
  for (const step of pointer.split("/").slice(1)) {
    const name = step.replaceAll("~1", "/").replaceAll("~0", "~");
    if (value === null) return { kind: "absent" };
    if (Array.isArray(value)) {
      if (!/^(0|[1-9]\d*)$/.test(name)) return { kind: "lost" };
      if (Number(name) >= value.length) return { kind: "absent" };
      value = value[Number(name)];
    } else {
      if (typeof value !== "object" || !Object.hasOwn(value ?? {}, name)) return { kind: "lost" };
      value = (value as Record<string, unknown>)[name];
    }
  }
  if (value === undefined) return { kind: "lost" };
  return value === null ? { kind: "absent" } : { kind: "found", value };
}

/** A record's id: a string, or a whole number that JSON kept exactly. Null for anything else. */
export function toRecordId(value: unknown): string | null {
  if (typeof value === "string") return value === "" ? null : value;
  return Number.isSafeInteger(value) ? String(value) : null;
}
