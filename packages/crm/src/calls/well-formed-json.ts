/** JSON without half a surrogate pair in it, which CRMs and their databases refuse: the last gate, whatever a value was made from. */
export function wellFormedJson(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) => (typeof each === "string" ? each.toWellFormed() : each));
}
