/** Numbers that JavaScript cannot keep: 64-bit ids of some CRMs. */
const LONGEST_SAFE = 15;

/**
 * JSON whose whole numbers beyond what JavaScript keeps exactly are strings with all of their digits: ids of 64 bits must not become other
 * records' ids. Throws as JSON.parse does.
 */
export function parseLossless(text: string): unknown {
  return JSON.parse(text, function reviver(_key, value: unknown, context?: { readonly source?: string }) {
    const source = context?.source;
    if (typeof value !== "number" || source === undefined || source.length <= LONGEST_SAFE) return value;
    return /^-?\d+$/.test(source) && !Number.isSafeInteger(value) ? source : value;
  } as (this: unknown, key: string, value: unknown) => unknown);
}
