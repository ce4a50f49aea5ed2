import sanitizeHtml from "sanitize-html";
import { cleanBody } from "../charset/clean-text.ts";
import { notDeeperThan, TooDeep } from "./html-depth.ts";
import { QUOTE } from "./html-quote.ts";
import { safeStyle } from "./html-style.ts";
import { TRUNCATION_LIMITS } from "../limits.ts";
import { findMark } from "../reply/html-marks.ts";

const BLOCKS =
  "address article aside blockquote center dd div dl dt figcaption figure footer h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section ul";
const INLINE =
  "a abbr b bdi bdo big br cite code data del dfn em font i img ins kbd mark q rp rt ruby s samp small span strike strong sub sup time tt u var wbr";
const TABLES = "caption col colgroup table tbody td tfoot th thead tr";
const LAYOUT = [
  "align",
  "valign",
  "bgcolor",
  "color",
  "width",
  "height",
  "border",
  "cellpadding",
  "cellspacing",
  "colspan",
  "rowspan",
  "dir",
  "lang",
  "title",
  "face",
  "size",
  "style",
  "start",
  "type",
  "value",
];
/** Raster images only: svg can carry script. */
const DATA_IMAGE = /^data:image\/(png|jpe?g|gif|webp|bmp);base64,[a-z0-9+/=\s]*$/i;
const COLOUR = /^[#a-z0-9 ]{1,30}$/i;

const POLICY: sanitizeHtml.IOptions = {
  // The common ones first: each tag is looked for from the front.
  allowedTags: [
    ...new Set(["p", "div", "span", "br", "td", "tr", "a", ...[BLOCKS, INLINE, TABLES].join(" ").split(" ")]),
  ],
  allowedAttributes: {
    "*": [...LAYOUT, QUOTE],
    a: ["href", "title", "target", "rel"],
    img: ["src", "alt", "title", "width", "height", "data-remote-src", "style"],
  },
  allowedSchemes: ["http", "https", "mailto", "tel"],
  allowedSchemesByTag: { img: ["cid", "data"] },
  allowProtocolRelative: false,
  nonTextTags: [
    "script",
    "style",
    "textarea",
    "option",
    "noscript",
    "title",
    "head",
    "template",
    "svg",
    "math",
    "xmp",
    "iframe",
    "object",
  ],
  nestingLimit: TRUNCATION_LIMITS.htmlDepth,
  parseStyleAttributes: false,
};

/** Where a picture of the mail itself lies; see pictures.ts. */
type CidAt = ((address: string) => string | null) | null;

function transforms(cidAt: CidAt): NonNullable<sanitizeHtml.IOptions["transformTags"]> {
  return {
    "*": (tagName, attribs) => ({
      tagName,
      attribs: { ...safeAttributes(attribs, cidAt), ...quoteMark(tagName, attribs) },
    }),
    a: (tagName, attribs) => ({ tagName, attribs: link(safeAttributes(attribs, null)) }),
    img: (tagName, attribs) => ({ tagName, attribs: image(safeAttributes(attribs, null), cidAt) }),
  };
}
const TRANSFORMS = transforms(null);

/**
 * Html that is safe to show (UN4). Gone: scripts, handlers, style sheets, forms, frames, objects, svg, meta, base, links
 * with other schemes than http, https, mailto and tel, ids and classes. Images of the mail itself stay (`cid:`, small
 * `data:`); what a mail program marked as quoted is told by `data-quote`; remote images are not loaded, their address moves to `data-remote-src` for a viewer that asks first.
 * Null when the html is nested deeper than `TRUNCATION_LIMITS.htmlDepth`: no parser may walk it.
 */
export function sanitize(html: string, cidAt: CidAt = null): string | null {
  const bounded = cleanBody(
    html.length > TRUNCATION_LIMITS.htmlChars ? html.slice(0, TRUNCATION_LIMITS.htmlChars) : html,
  );
  try {
    return sanitizeHtml(bounded, {
      ...POLICY,
      transformTags: cidAt === null ? TRANSFORMS : transforms(cidAt),
      ...notDeeperThan(TRUNCATION_LIMITS.htmlDepth),
    }).trim();
  } catch (error) {
    if (error instanceof TooDeep) return null;
    throw error;
  }
}

/**
 * Puts `mint(cid)` in the place of every `cid:` image and background of html made by `sanitize`; where it answers null the reference
 * stays. `cid` comes without `cid:`, entities and percent escapes.
 */
export function rewriteCids(html: string, mint: (cid: string) => string | null): string {
  const shown = html.replace(/(<img\b[^>]*?\ssrc=")cid:([^"]*)"/g, (whole, before: string, escaped: string) => {
    const url = mint(decodeCid(escaped));
    return url === null ? whole : `${before}${escapeAttribute(url)}"`;
  });
  return shown.replace(
    /(background-image: url\()cid:([A-Za-z0-9@._%+=$-]+)\)/g,
    (whole, before: string, escaped: string) => {
      const url = mint(decodeCid(escaped));
      return url === null ? whole : `${before}${escapeAttribute(url.replace(/["'()\\\s;]/g, percentEscape))})`;
    },
  );
}

function percentEscape(char: string): string {
  return `%${char.charCodeAt(0).toString(16).padStart(2, "0")}`;
}

/** Content ids that html refers to, decoded. Works on html as sent and on sanitized html. */
export function referencedCids(html: string): Set<string> {
  return new Set(
    [...html.matchAll(/\bcid:([^"'\s<>)]{1,998})/gi)].map((match) =>
      // In a style of html as sent, quotation marks are entities.
      decodeCid((match[1] as string).replace(/&(?:quot|apos|#0?3[49]);.*$/i, "")),
    ),
  );
}

function decodeCid(escaped: string): string {
  const text = escaped.replaceAll("&amp;", "&").replaceAll("&#43;", "+");
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function safeAttributes(attribs: sanitizeHtml.Attributes, cidAt: CidAt): sanitizeHtml.Attributes {
  const { style, bgcolor, background, [QUOTE]: _given, ...rest } = attribs;
  // An attribute of old html, and the only way that newsletters know: shown as a style, whose one form is checked.
  const given = background === undefined ? style : `background-image: url(${background.trim()}); ${style ?? ""}`;
  const safe = given === undefined ? null : safeStyle(given, cidAt);
  return {
    ...rest,
    ...(safe === null ? {} : { style: safe }),
    ...(bgcolor !== undefined && COLOUR.test(bgcolor) ? { bgcolor } : {}),
  };
}

function quoteMark(tagName: string, attribs: sanitizeHtml.Attributes): sanitizeHtml.Attributes {
  const mark = findMark(tagName, attribs);
  return mark === null ? {} : { [QUOTE]: mark };
}

/** Only whole addresses: a relative one would lead into the page that shows the mail. */
function link({ href, ...rest }: sanitizeHtml.Attributes): sanitizeHtml.Attributes {
  const isWhole = /^(?:https?:\/\/|mailto:|tel:)/i.test(href?.trim() ?? "");
  return {
    ...(isWhole && href !== undefined ? { href: href.trim() } : {}),
    ...rest,
    target: "_blank",
    rel: "noopener noreferrer nofollow",
  };
}

/** The content id that an address in html names, `cid:` or by where the part lies. */
function findCid(address: string, cidAt: CidAt): string | null {
  const given = address.trim();
  // Some name the file in place of its id.
  return /^cid:/i.test(given) ? (cidAt?.(given.slice(4)) ?? given.slice(4)) : (cidAt?.(given) ?? null);
}

function image(attribs: sanitizeHtml.Attributes, cidAt: CidAt): sanitizeHtml.Attributes {
  const { src = "", srcset, ["data-remote-src"]: _given, ...rest } = attribs;
  const address = src.trim();
  const cid = findCid(address, cidAt);
  if (cid !== null) return { ...rest, src: `cid:${cid}` };
  // Several sizes of a picture: one that the mail brings along.
  for (const candidate of (srcset ?? "").slice(0, 10_000).split(/,\s/).slice(0, 20)) {
    const own = findCid(candidate.trim().split(/\s/)[0] ?? "", cidAt);
    if (own !== null) return { ...rest, src: `cid:${own}` };
  }
  if (DATA_IMAGE.test(address)) return { ...rest, src: address };
  return /^https?:\/\//i.test(address) ? { ...rest, "data-remote-src": address } : rest;
}

function escapeAttribute(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
