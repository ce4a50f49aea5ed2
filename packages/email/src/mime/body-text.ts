import { cleanBody } from "../charset/clean-text.ts";
import { readSentHtmlText } from "../html/html-text.ts";
import type { TextPart } from "./mime-part.ts";

/** The bodies as sent: `text` null when the mail has only html, `html` null when it has only text. */
export interface Bodies {
  readonly text: string | null;
  readonly html: string | null;
}

/**
 * Joins the text parts of a message. Inside multipart/alternative a text and an html part say the same, so each counts
 * for its own; outside of it (a list's findDisclaimer, text after an image) every part belongs to both.
 */
export function joinTextParts(parts: readonly TextPart[]): Bodies {
  const plain = parts.filter((part) => part.contentType === "text/plain" && part.text.trim() !== "");
  const html = parts.filter((part) => part.contentType === "text/html" && part.text.trim() !== "");
  if (html.length === 0) return { text: joined(plain.map((part) => part.text)), html: null };
  const inHtml = parts.filter((part) => part.contentType === "text/html" || !part.alternative);
  const asHtml = joined(
    inHtml.map((part) => (part.contentType === "text/html" ? part.text : escaped(part.text))),
    "<br>\n",
  );
  if (plain.length === 0) return { text: null, html: asHtml };
  const inText = parts.filter((part) => part.contentType === "text/plain" || !part.alternative);
  return {
    text: joined(inText.map((part) => (part.contentType === "text/plain" ? part.text : readSentHtmlText(part.text)))),
    html: asHtml,
  };
}

function joined(texts: readonly string[], separator = "\n"): string | null {
  const kept = texts.map(cleanBody).filter((text) => text.trim() !== "");
  return kept.length === 0 ? null : kept.join(separator);
}

function escaped(text: string): string {
  const safe = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  return `<p>${safe.replace(/\n/g, "<br>")}</p>`;
}
