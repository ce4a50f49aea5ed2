import { z } from "zod";
import { COOKIE_OPTIONS } from "./cookie.ts";
import type { SignInFlow } from "./identity-provider.ts";

/** Holds {@link SignInFlow} while the browser is at the provider: who comes back with another's code has not this. */
export const FLOW_COOKIE = "__Host-inlet-flow";
export const FLOW_COOKIE_OPTIONS = { ...COOKIE_OPTIONS, maxAge: 600 };

const flowSchema = z.object({ state: z.string().max(200), nonce: z.string().max(200), verifier: z.string().max(200) });

export function writeFlow(flow: SignInFlow): string {
  return Buffer.from(JSON.stringify(flow)).toString("base64url");
}

/** Null where there is none, or none that can be read. */
export function readFlow(cookie: string | undefined): SignInFlow | null {
  if (cookie === undefined || cookie.length > 2000) return null;
  try {
    return flowSchema.parse(JSON.parse(Buffer.from(cookie, "base64url").toString("utf8")));
  } catch {
    return null;
  }
}
