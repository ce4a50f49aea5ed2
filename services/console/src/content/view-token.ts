import { readToken, signToken } from "@inlet/blob-links";
import type { BlobRef } from "@inlet/schemas";

/** So long a view's own addresses are good, ms. */
export const VIEW_MS = 15 * 60_000;

/** What a person was let see: everything that belongs to that view is asked for with it. */
export interface GrantedView {
  /** Of the session or token: another's view is no one else's. */
  readonly viewer: string;
  readonly tenant: string;
  readonly eventId: string;
  readonly reason: string | null;
  /** Whether remote images are shown. */
  readonly remote: boolean;
}

/** `seen`: the view stands in the audit. `reason`: a reason was given, and nothing was shown yet. */
export type ViewStage = "seen" | "reason";

/** A picture of the email itself, or one that lies elsewhere. */
export type FramePicture =
  | { readonly from: "email"; readonly blob: BlobRef; readonly contentType: string }
  | { readonly from: "elsewhere"; readonly url: string };

const VIEW = { seen: "inlet-view/1", reason: "inlet-view-reason/1" } as const;
const PICTURE = { email: "inlet-view-picture/1", elsewhere: "inlet-view-remote/1" } as const;

export function signView(keys: readonly string[], stage: ViewStage, view: GrantedView, now: number): string {
  const { viewer, tenant, eventId, reason, remote } = view;
  return signToken(keys, VIEW[stage], [viewer, tenant, eventId, reason, remote], now + VIEW_MS);
}

/** Null where it is not ours, too old, or of another viewer or email. */
export function readView(
  keys: readonly string[],
  stage: ViewStage,
  token: string,
  asked: Pick<GrantedView, "viewer" | "tenant" | "eventId"> & { readonly now: number },
): GrantedView | null {
  const read = readToken(keys, VIEW[stage], token, asked.now);
  if (read.kind !== "ok") return null;
  const [viewer, tenant, eventId, reason, remote] = read.claims as [string, string, string, string | null, boolean];
  if (viewer !== asked.viewer || tenant !== asked.tenant || eventId !== asked.eventId) return null;
  return { viewer, tenant, eventId, reason, remote };
}

export function signPicture(keys: readonly string[], picture: FramePicture, now: number): string {
  const claims =
    picture.from === "email"
      ? [picture.blob.key, picture.blob.size, picture.blob.sha256, picture.contentType]
      : [picture.url];
  return signToken(keys, PICTURE[picture.from], claims, now + VIEW_MS);
}

export function readPicture(
  keys: readonly string[],
  from: FramePicture["from"],
  token: string,
  now: number,
): FramePicture | "expired" | null {
  const read = readToken(keys, PICTURE[from], token, now);
  if (read.kind !== "ok") return read.kind === "expired" ? "expired" : null;
  if (from === "elsewhere") return { from, url: (read.claims as [string])[0] };
  const [key, size, sha256, contentType] = read.claims as [string, number, string, string];
  return { from, blob: { key, size, sha256 }, contentType };
}
