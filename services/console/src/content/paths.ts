import { link } from "../page/parts.ts";
import type { GrantedView } from "./view-token.ts";

/** Addresses of an email's content. */

type Named = Pick<GrantedView, "tenant" | "eventId">;

export function contentPath({ tenant, eventId }: Named): string {
  return `/e/${encodeURIComponent(tenant)}/${encodeURIComponent(eventId)}`;
}

/** The sanitized html, for a frame. */
export function framePath(named: Named, view: string): string {
  return link(`${contentPath(named)}/frame`, { v: view });
}

/** A file of the email by its place, or the post as it came in. */
export function downloadPath(named: Named, what: number | "raw", view: string): string {
  return link(`${contentPath(named)}/${what === "raw" ? "raw" : `files/${what}`}`, { v: view });
}

/** Pictures in the frame; wildcards, since the router bounds the length of named parameters. */
export const PICTURE_PATH = { email: "/picture/", elsewhere: "/remote-picture/" } as const;
