import type { Sending } from "./kind.ts";
import { takeApart } from "./take-apart.ts";

/** What a provider is given to post: an email, and what it knows besides. */
export interface Posting {
  readonly mime: Buffer;
  readonly envelope: { readonly from: string | null; readonly to: readonly string[] };
  /** The provider's own id of this delivery. */
  readonly deliveryId: string;
  /** Epoch ms. */
  readonly now: number;
}

/** A posting of a mail whose envelope is not known: from its Return-Path, else its From, to its first recipient. */
export async function toPosting({
  mime,
  deliveryId,
  now,
}: Pick<Sending, "mime" | "deliveryId" | "now">): Promise<Posting> {
  const { headers, from, to, cc } = await takeApart(mime);
  const returnPath = headers.find(([name]) => name.toLowerCase() === "return-path")?.[1].replace(/^<(.*)>$/, "$1");
  const sender = returnPath === undefined || returnPath === "" ? (from[0]?.email ?? null) : returnPath;
  return {
    mime,
    envelope: { from: sender, to: [...to, ...cc].slice(0, 1).map(({ email }) => email) },
    deliveryId,
    now,
  };
}
