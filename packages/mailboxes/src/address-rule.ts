import { getDomain } from "./recipient-parts.ts";
import type { RecipientParts } from "./recipient-parts.ts";

export interface Tag {
  readonly kind: string;
  readonly value: string;
}

/** One entry of a mailbox's `addresses`, ready to be matched. */
export interface AddressRule {
  readonly kind: "exact" | "pattern" | "domain";
  /** Normalized: the same text means the same rule. */
  readonly text: string;
  /** Of an exact rule the local part; of a pattern what stands before its first wildcard. */
  readonly prefix: string;
  readonly domain: string;
  /** Of a pattern, its characters that are no wildcards: the more, the more specific. */
  readonly literals: number;
  readonly wildcards: number;
  /** Of a pattern: what its `{kind}` stand for in an address, as tags; null when it does not match. */
  match(parts: Pick<RecipientParts, "base" | "sentBase">): readonly Tag[] | null;
}

export type RuleReading =
  | { readonly ok: true; readonly rule: AddressRule }
  /** `problem` follows the name of the field, and quotes nothing. */
  | { readonly ok: false; readonly problem: string };

const MOST_WILDCARDS = 4;
/** `*`, or `{kind}`, whose match becomes a tag of that kind. */
const WILDCARD = /\*|\{([a-z][a-z0-9-]{0,39})\}/g;
const LOCAL = /^[^\s@<>",;:()[\]\\*{}]+$/;
const DOMAIN = /^[^\s@<>",;:()[\]\\*{}][^\s.@<>",;:()[\]\\*{}]*\.[^\s@<>",;:()[\]\\*{}]+$/;

/**
 * Reads an address rule: `sales@inlet.example`, `campaign-*@inlet.example`, `deal-{deal}@inlet.example` or `*@inlet.example`. A wildcard
 * stands for one or more characters. Never throws.
 */
export function readAddressRule(text: string): RuleReading {
  const at = text.lastIndexOf("@");
  const local = text.slice(0, Math.max(at, 0)).normalize("NFC").toLowerCase();
  const domain = getDomain(text.slice(at + 1));
  if (at < 1) return refused("is no address: local@domain");
  if (text.length > 320) return refused("is longer than 320 characters");
  if (/[*{}]/.test(text.slice(at + 1))) return refused("has a wildcard in its domain: name each domain");
  if (!DOMAIN.test(domain)) return refused("has no domain such as inlet.example");
  if (local === "*")
    return ok({ kind: "domain", prefix: "", domain, literals: 0, wildcards: 1, match: () => [] }, local);

  const wildcards = [...local.matchAll(WILDCARD)];
  const literals = local.split(/\*|\{[a-z][a-z0-9-]{0,39}\}/);
  if (!literals.every((literal) => literal === "" || LOCAL.test(literal))) {
    return refused(
      /[{}]/.test(literals.join("")) ? "has a { or } that is not a {kind}" : "has a character that no address has",
    );
  }
  if (wildcards.length === 0) {
    if (local.startsWith("+")) return refused("begins with +: there is nothing before the tag");
    return ok({ kind: "exact", prefix: local, domain, literals: local.length, wildcards: 0, match: () => [] }, local);
  }
  if (local.includes("+")) return refused("has both a + and a wildcard: tags behind + are read without a rule");
  if (wildcards.length > MOST_WILDCARDS) return refused(`has more than ${MOST_WILDCARDS} wildcards`);
  if (literals.slice(1, -1).includes("")) return refused("has two wildcards with nothing between them");
  const kinds = wildcards.map((found) => found[1]);
  return ok(
    {
      kind: "pattern",
      prefix: literals[0] as string,
      domain,
      literals: literals.join("").length,
      wildcards: wildcards.length,
      match: ({ base, sentBase }) => {
        const found = matchGlob(literals, base);
        if (found === null) return null;
        // Lower case is longer for a few letters of the world; then the place in what was sent is not known.
        const sent = sentBase.length === base.length ? sentBase : base;
        return found.flatMap(([from, to], index) => {
          const kind = kinds[index];
          return kind === undefined ? [] : [{ kind, value: sent.slice(from, to) }];
        });
      },
    },
    local,
  );
}

/**
 * Where the wildcards' text stands between the literals, each one character or more; null when the text does not match. The leftmost place
 * of each literal suffices, since a later one only leaves less for what follows: no going back, so hostile text costs nothing.
 */
function matchGlob(literals: readonly string[], text: string): [from: number, to: number][] | null {
  const first = literals[0] as string;
  const last = literals.at(-1) as string;
  if (!text.startsWith(first) || !text.endsWith(last)) return null;
  const end = text.length - last.length;
  const places: [number, number][] = [];
  let at = first.length;
  for (const literal of literals.slice(1, -1)) {
    const next = text.indexOf(literal, at + 1);
    if (next === -1) return null;
    places.push([at, next]);
    at = next + literal.length;
  }
  if (end <= at) return null;
  places.push([at, end]);
  return places;
}

function ok(rule: Omit<AddressRule, "text">, local: string): RuleReading {
  return { ok: true, rule: { ...rule, text: `${local}@${rule.domain}` } };
}

function refused(problem: string): RuleReading {
  return { ok: false, problem };
}
