import { sanitize } from "./html.ts";

/** In html made by `sanitize`: one form only. */
const REMOTE = /(<img\b[^>]*?\s)data-remote-src="([^"]*)"/g;

/** How many images html made by `sanitize` would load from elsewhere. */
export function countRemoteImages(html: string): number {
  return html.match(REMOTE)?.length ?? 0;
}

/** Shows remote images of html made by `sanitize` from where `mint(url)` says; where it answers null the image stays away. */
export function rewriteRemoteImages(html: string, mint: (url: string) => string | null): string {
  return html.replace(REMOTE, (whole, before: string, escaped: string) => {
    const url = mint(unescapeAttribute(escaped));
    return url === null ? whole : `${before}src="${escapeAttribute(url)}"`;
  });
}

/**
 * Html that was sanitized before, perhaps by an older version, and has been out of our hands since: what today's rules refuse is gone, remote images
 * stay away as they were. Null as `sanitize`.
 */
export function sanitizeAgain(html: string): string | null {
  return sanitize(html.replace(REMOTE, '$1src="$2"'));
}

function unescapeAttribute(text: string): string {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&quot;", '"').replaceAll("&amp;", "&");
}

function escapeAttribute(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
