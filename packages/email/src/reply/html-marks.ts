/**
 * What a mail program says of an element by its class, id, name or style: `whole` is a quote, `after` begins the quoted
 * history (all that follows), `header` is the header block above it, `introduction` is the line above a quote, `signature` is one, `indent` only looks like a quote.
 */
export type Mark = "whole" | "after" | "header" | "introduction" | "signature" | "indent";

type Names = Readonly<Partial<Record<Mark, readonly string[]>>>;

/** Classes, by the program that sets them. Lower case. */
const CLASSES: Readonly<Record<string, Names>> = {
  gmail: {
    whole: ["gmail_quote", "gmail_quote_container"],
    introduction: ["gmail_attr"],
    signature: ["gmail_signature"],
  },
  thunderbird: {
    introduction: ["moz-cite-prefix", "moz-email-headers-table"],
    after: ["moz-forward-container"],
    signature: ["moz-signature"],
  },
  yahoo: { after: ["yahoo_quoted", "yqt"], signature: ["yahoo-signature"] },
  proton: { after: ["protonmail_quote"], signature: ["protonmail_signature_block", "protonmail_signature_block-user"] },
  tuta: { whole: ["tutanota_quote"] },
  zoho: { after: ["zmail_extra"], signature: ["zmail_signature"] },
  missive: { after: ["missive_quote"] },
  front: { whole: ["front-blockquote"], signature: ["front-signature"] },
  mailru: { after: ["mailru-quote", "js-helper-quote"] },
  helpScout: { after: ["hs_reply_quote"] },
  superhuman: { after: ["sh-quoted-content"], signature: ["sh-signature"] },
  freshdesk: { after: ["freshdesk_quote"] },
  zendesk: { after: ["zd-quoted", "quotedreply"] },
  hubspot: { after: ["hs_reply"] },
  mailspring: { whole: ["nylas-quote"] },
  polymail: { after: ["pm-quoted"] },
  kmail: { whole: ["kmail_quote"] },
  airmail: { introduction: ["airmail_on"], whole: ["airmail_ext"] },
  exchange: { after: ["ms-outlook-mobile-reference-message"] },
};

/** Ids, without the `x_` that Outlook on the web puts before them. Lower case. */
const IDS: Readonly<Record<string, Names>> = {
  outlook: {
    header: ["divrplyfwdmsg"],
    after: [
      "appendonsend",
      "olk_src_body_section",
      "mail-editor-reference-message-container",
      "ms-outlook-mobile-reference-message",
    ],
    signature: ["signature", "ms-outlook-mobile-signature"],
  },
  apple: { signature: ["applemailsignature"] },
  roundcube: { introduction: ["reply-intro"] },
  windowsMail: { after: ["orig_msg"] },
  samsung: { after: ["quoted_header", "composer_quoted_area", "quotedmail"], signature: ["composer_signature"] },
  netease: { after: ["isreplycontent", "isforwardcontent"] },
  zimbra: { after: ["zwchr"] },
  hotmail: { after: ["stopspelling"] },
  lotus: { after: ["notesquote"] },
};

/** Spark names its sections. */
const NAMES: Readonly<Record<string, Mark>> = {
  messagereplysection: "after",
  messagesignaturesection: "signature",
  quote: "whole",
};
const CLASS_MARKS = flat(CLASSES);
const ID_MARKS = flat(IDS);
const BORDERED =
  /border-(?:left|inline-start)\s*:(?!\s*(?:none|0(?!\.\d)|medium none))[^;]*(?:solid|[1-9]px|[1-9]\.?\d{0,6}(?:pt|em|ex))/i;
/** Outlook on the desktop draws this line above the header of the quoted message. */
const OUTLOOK_RULE = /border(?:-top)?:\s*(?:none;\s*border-top:\s*)?solid #(?:b5c4df|e1e1e1)/i;
const INDENTED = /(?:border\s*:\s*(?:none|0|medium none)|^\s*(?:(?:margin|padding)[a-z-]*\s*:[^;]*(?:;\s*|$))+$)/i;
const LONGEST = 500;

/** The mark of an element as sent; null for any other. Attribute names in lower case. */
export function findMark(tag: string, attributes: Readonly<Record<string, string>>): Mark | null {
  const id = (attributes["id"] ?? "")
    .slice(0, LONGEST)
    .toLowerCase()
    .replace(/^(?:x_)+/, "");
  const classes = (attributes["class"] ?? "").slice(0, LONGEST).toLowerCase().split(/\s+/);
  const style = (attributes["style"] ?? "").slice(0, LONGEST);
  const named = NAMES[(attributes["name"] ?? "").toLowerCase()] ?? ID_MARKS.get(id) ?? classMark(classes);
  if (tag === "blockquote") {
    if (attributes["type"]?.toLowerCase() === "cite" || named !== null || BORDERED.test(style)) return "whole";
    return INDENTED.test(style) ? "indent" : null;
  }
  if (named !== null) return named;
  return tag === "div" && OUTLOOK_RULE.test(style) ? "header" : null;
}

function classMark(classes: readonly string[]): Mark | null {
  for (const name of classes) {
    // Outlook and Yahoo put letters of their own before a class: `x_gmail_quote`, `ydp1a2b3cyahoo_quoted`.
    const mark = CLASS_MARKS.get(name) ?? CLASS_MARKS.get(name.replace(/^(?:x_)+|^ydp[0-9a-f]{4,12}/, ""));
    if (mark !== undefined) return mark;
  }
  return null;
}

function flat(programs: Readonly<Record<string, Names>>): ReadonlyMap<string, Mark> {
  return new Map(
    Object.values(programs).flatMap((names) =>
      (Object.entries(names) as [Mark, readonly string[]][]).flatMap(([mark, list]) =>
        list.map((name) => [name, mark] as const),
      ),
    ),
  );
}
