import { rewriteCids, rewriteRemoteImages, sanitizeAgain } from "@inlet/email";
import type { NormalizedEvent } from "@inlet/schemas";
import type { EmailReading } from "./content-store.ts";
import { PICTURE_PATH } from "./paths.ts";
import { isDownloadable } from "./view-email.ts";
import { signPicture } from "./view-token.ts";

/** Types that a browser draws and runs nothing of. */
export const SHOWN_IMAGES = /^image\/(?:png|jpeg|gif|webp|bmp|avif)$/;
/** Longer addresses do not fit into a signed one. */
const LONGEST_URL = 2_000;
const MOST_REMOTE = 200;

export interface FrameSettings {
  readonly keys: readonly string[];
  /** Scheme, host and port of the console: in a sandboxed frame `'self'` and relative addresses mean little. */
  readonly origin: string;
  readonly remote: boolean;
  readonly now: number;
}

/** The document that shows an email's html: no script, no style sheet, no address but signed ones of ours. */
export function buildFrame({ event, html }: EmailReading, { keys, origin, remote, now }: FrameSettings): string {
  const pictures = findPictures(event);
  const own = rewriteCids(sanitizeAgain(html ?? "") ?? "", (cid) => {
    const file = pictures.get(cid);
    return file === undefined
      ? null
      : `${origin}${PICTURE_PATH.email}${signPicture(keys, { from: "email", ...file }, now)}`;
  });
  let left = MOST_REMOTE;
  const body = !remote
    ? own
    : rewriteRemoteImages(own, (url) =>
        url.length > LONGEST_URL || left-- <= 0
          ? null
          : `${origin}${PICTURE_PATH.elsewhere}${signPicture(keys, { from: "elsewhere", url }, now)}`,
      );
  return `<!doctype html><html><head><meta charset="utf-8"><title>email</title><style>${STYLE}</style></head><body>${body}</body></html>`;
}

/** Nothing but its own pictures and what stands inline; whatever it were, it would have no origin and could run nothing. */
export function framePolicy(origin: string): string {
  return [
    "default-src 'none'",
    `img-src data: ${Object.values(PICTURE_PATH)
      .map((path) => `${origin}${path}`)
      .join(" ")}`,
    "style-src 'unsafe-inline'",
    "form-action 'none'",
    "base-uri 'none'",
    "frame-ancestors 'self'",
    "sandbox",
  ].join("; ");
}

const STYLE =
  ":root{color-scheme:light}body{margin:8px;background:#fff;color:#1c2433;font:15px/1.5 system-ui,sans-serif;overflow-wrap:anywhere}img{max-width:100%;height:auto}";

/** Pictures that the email brings along, by content id. */
function findPictures(event: NormalizedEvent) {
  const found = new Map<
    string,
    { blob: NonNullable<NormalizedEvent["attachments"][number]["blob"]>; contentType: string }
  >();
  for (const file of event.attachments) {
    const contentType = file.sniffedType ?? file.contentType;
    const cid = file.contentId?.replace(/^<|>$/g, "").trim();
    if (cid !== undefined && file.blob !== null && isDownloadable(file) && SHOWN_IMAGES.test(contentType))
      found.set(cid, { blob: file.blob, contentType });
  }
  return found;
}
