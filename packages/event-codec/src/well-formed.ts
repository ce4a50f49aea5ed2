/**
 * The value with every lone surrogate in its strings replaced by U+FFFD, as UTF-8 needs it (mail has such strings: cut emoji, broken charsets).
 * Gives back the same object where there is nothing to replace.
 */
export function wellFormed<T>(value: T): T {
  return visit(value) as T;
}

function visit(value: unknown): unknown {
  if (typeof value === "string") return value.isWellFormed() ? value : value.toWellFormed();
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return value;
  if (Array.isArray(value)) {
    const visited = value.map(visit);
    return visited.some((item, index) => item !== value[index]) ? visited : value;
  }
  let copy: Record<string, unknown> | null = null;
  for (const [key, field] of Object.entries(value)) {
    const visited = visit(field);
    if (visited !== field) (copy ??= { ...value })[key] = visited;
  }
  return copy ?? value;
}
