import type { Posting } from "./port.ts";
import { takeApart } from "./take-apart.ts";

/** A posting of a mail whose envelope nobody has told: from its Return-Path, else its From, to its first recipient. */
export async function postingOf(mime: Buffer, deliveryId: string, now: number): Promise<Posting> {
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
