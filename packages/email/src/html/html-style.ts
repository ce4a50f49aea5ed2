/** Properties an inline style may set: how words look, never where they lie on the page or what is fetched. */
const ALLOWED =
  /^(color|background-color|font(-(family|size|style|weight|variant))?|text-(align|decoration|indent|transform)|line-height|letter-spacing|white-space|vertical-align|direction|(margin|padding)(-(top|right|bottom|left))?|border(-(top|right|bottom|left))?(-(color|style|width|collapse|radius|spacing))?|(min-|max-)?(width|height)|list-style-type|display|table-layout)$/;
/** What can fetch, run or hide in a value: functions but colours, escapes, comments, at-rules. */
const REACHES = /[\\@<>{}]|\/\*|(?<!\b(?:rgba?|hsla?))\(|javascript|expression|behavior|binding/i;

/** A background that the mail itself may bring along. */
const PICTURE = /background(?:-image)?\s{0,8}:[^;]{0,200}?url\(/i;
const BACKGROUND =
  /background(?:-image)?\s{0,8}:[^;]{0,200}?url\(\s{0,8}["']?\s{0,8}([^"'()\s;]{1,500})\s{0,8}["']?\s{0,8}\)[^;]{0,200}/i;
/** Characters of a content id that mean nothing in a style. */
const PLAIN = /^[A-Za-z0-9@._%+=$-]{1,300}$/;

function withPicture(style: string, cidAt: ((address: string) => string | null) | null): string | null {
  const address = BACKGROUND.exec(style)?.[1] ?? "";
  const rest = safeDeclarations(style);
  const cid = /^cid:/i.test(address) ? address.slice(4) : (cidAt?.(address) ?? null);
  if (cid === null || !PLAIN.test(cid)) return rest;
  return [...(rest === null ? [] : [rest]), `background-image: url(cid:${cid})`].join("; ");
}

/** A mail repeats a few styles on hundreds of elements. */
const known = new Map<string, string | null>();
const MOST_KNOWN = 500;
const LONGEST_KNOWN = 300;

/**
 * An inline style without declarations that load something, run something or cover the page (position, z-index are not
 * in the list). Null when nothing is left. Linear.
 */
export function safeStyle(style: string, cidAt: ((address: string) => string | null) | null = null): string | null {
  if (style.length > 10_000) return null;
  if (PICTURE.test(style)) return withPicture(style, cidAt);
  const before = known.get(style);
  if (before !== undefined) return before;
  const safe = safeDeclarations(style);
  if (style.length <= LONGEST_KNOWN) {
    if (known.size >= MOST_KNOWN) known.clear();
    known.set(style, safe);
  }
  return safe;
}

function safeDeclarations(style: string): string | null {
  const kept = style.split(";").flatMap((declaration) => {
    const colon = declaration.indexOf(":");
    const property = declaration.slice(0, Math.max(colon, 0)).trim().toLowerCase();
    const value = declaration.slice(colon + 1).trim();
    // A negative margin moves the mail's words over the page around it.
    const moves = property.startsWith("margin") && value.includes("-");
    return ALLOWED.test(property) && value !== "" && !REACHES.test(value) && !moves ? [`${property}: ${value}`] : [];
  });
  return kept.length === 0 ? null : kept.join("; ");
}
