import type { NormalizedEvent } from "@inlet/schemas";
import { comparableDomain } from "../headers/author.ts";
import { rawValues } from "../headers/header-fields.ts";
import type { Field } from "../headers/header-fields.ts";

const RESULT = /^(none|pass|fail|policy|neutral|softfail|temperror|permerror|hardfail|unknown)$/;

/** `header.from` of a DMARC result (RFC 8601 2.7.2 and 7489 11.2): the domain that the result is on. */
const ON_DOMAIN = /\bheader\.from\s*=\s*"?([^\s;"]+)/i;

/**
 * SPF, DKIM and DMARC as told by Authentication-Results (RFC 8601) of servers in `trusted` (authserv-ids, any case).
 * Anybody can write such a header, so none is trusted by default. The topmost trusted header wins; of several DKIM
 * signatures a pass wins. DMARC on another domain than that of `author` says nothing.
 */
export function readAuthentication(
  fields: readonly Field[],
  trusted: readonly string[],
  author: string | null,
): NormalizedEvent["auth"] {
  const ids = trusted.map((id) => id.toLowerCase());
  const header = rawValues(fields, "Authentication-Results").find((value) => {
    const id = withoutComments(value).split(";")[0]?.trim().split(/\s+/)[0]?.toLowerCase() ?? "";
    return id !== "" && ids.includes(id);
  });
  const results = header === undefined ? [] : withoutComments(header).split(";").slice(1);
  const onAuthor = results.filter((result) => {
    const domain = ON_DOMAIN.exec(result)?.[1];
    return domain === undefined || (author !== null && comparableDomain(domain) === comparableDomain(author));
  });
  return { spf: findResult("spf", results), dkim: findResult("dkim", results), dmarc: findResult("dmarc", onAuthor) };
}

function findResult(method: string, results: readonly string[]): string | null {
  const found = results.flatMap((result) => {
    const [name, value] = (result.trim().split(/\s+/)[0] ?? "").toLowerCase().split("=");
    return name?.split("/")[0] === method && value !== undefined && RESULT.test(value) ? [value] : [];
  });
  return found.includes("pass") ? "pass" : (found[0] ?? null);
}

function withoutComments(value: string): string {
  let depth = 0;
  let kept = "";
  for (const char of value) {
    if (char === "(") depth += 1;
    else if (char === ")") depth = Math.max(0, depth - 1);
    else if (depth === 0) kept += char;
  }
  return kept;
}
