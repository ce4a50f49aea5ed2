import type { Readable } from "node:stream";
import type { BodyBudget } from "../body/body-budget.ts";
import { BodyPieces } from "../body/body-pieces.ts";
import { HeaderBound } from "./header-bound.ts";

/** What came between DATA and its end. */
export type Received =
  | { readonly kind: "whole"; readonly body: Buffer; readonly bytes: number }
  /** Read to its end all the same, so that the client hears the reply; nothing of it is kept. */
  | { readonly kind: "too_large" | "overloaded"; readonly bytes: number }
  /** Not read further: smtp-server makes a piece, and work, of each line that begins with a dot. The connection must end. */
  | { readonly kind: "too_many_pieces"; readonly bytes: number }
  /** Nor is one whose header does not end: each of its fields costs work. The connection must end. */
  | { readonly kind: "header_too_large"; readonly bytes: number }
  /** The connection ended before the message did: no one waits for a reply. */
  | { readonly kind: "abandoned"; readonly bytes: number };

/**
 * Reads a message, byte for byte as it came, with the dots of RFC 5321 4.5.2 taken out by smtp-server. Calls `release` when what it held
 * is held no more; the caller does so for a whole message.
 */
export async function receiveMessage(
  stream: Readable,
  mostBytes: number,
  budget: BodyBudget,
  tenant: string,
): Promise<{ readonly received: Received; readonly release: () => void }> {
  const pieces = new BodyPieces();
  const header = new HeaderBound();
  let bytes = 0;
  let held = 0;
  let refused: "too_large" | "overloaded" | null = null;
  const release = (): void => {
    budget.give(held, tenant);
    held = 0;
    pieces.clear();
  };
  const dropped = (kind: "header_too_large" | "too_many_pieces") => {
    release();
    return { received: { kind, bytes }, release };
  };
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (refused !== null) continue;
      held += chunk.length;
      const fits = budget.take(chunk.length, tenant);
      if (bytes > mostBytes) refused = "too_large";
      else if (!fits) refused = "overloaded";
      else if (!header.add(chunk)) return dropped("header_too_large");
      else if (!pieces.add(chunk)) return dropped("too_many_pieces");
      if (refused !== null) release();
    }
  } catch {
    release();
    return { received: { kind: "abandoned", bytes }, release };
  }
  if (refused !== null) return { received: { kind: refused, bytes }, release };
  return { received: { kind: "whole", body: pieces.join(), bytes }, release };
}
