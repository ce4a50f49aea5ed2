import { RE2JS } from "re2js";

/**
 * Regular expressions of tenants over mail of strangers: RE2's, whose time grows with the text alone and never with the ways to match it
 * (https://github.com/google/re2/wiki/Syntax). No look-around, no back references.
 */
export interface Pattern {
  /** RE2's measure of what a text costs; a repeated part counts as often as it may repeat. */
  readonly size: number;
  /** The first match; null when there is none. */
  find(text: string): string | null;
}

export type PatternReading =
  | { readonly ok: true; readonly pattern: Pattern }
  /** `problem` follows the name of the field. */
  | { readonly ok: false; readonly problem: string };

/** Without case, unless the pattern says `(?-i)`. Never throws. */
export function readPattern(source: string): PatternReading {
  let compiled: RE2JS;
  try {
    compiled = RE2JS.compile(source, RE2JS.CASE_INSENSITIVE);
  } catch (error) {
    return { ok: false, problem: `is no RE2 regular expression (${getReason(error)})` };
  }
  if (compiled.test("")) return { ok: false, problem: "matches the empty text, so that it would hold for every email" };
  return {
    ok: true,
    pattern: {
      size: compiled.programSize(),
      find: (text) => {
        // The yes or no alone is many times faster, and mostly no.
        if (!compiled.test(text)) return null;
        const matcher = compiled.matcher(text);
        return matcher.find() ? matcher.group() : null;
      },
    },
  };
}

/** RE2's own words without the expression that they quote. */
function getReason(error: unknown): string {
  const found = /error parsing regexp: ([a-zA-Z ()]+?)(?::|$)/.exec(error instanceof Error ? error.message : "");
  return found?.[1]?.trim() ?? "it cannot be read";
}
