import { createHash, randomBytes } from "node:crypto";

/** What may be done, and of which tenant; `*` is every tenant. Which roles there are is the console's matter. */
export interface Grant {
  readonly role: string;
  readonly tenant: string;
}

/** Someone who is known: a person by a session, a machine by a token. */
export interface Identity {
  /** Of the session or token, for the audit; no secret. */
  readonly id: string;
  readonly kind: "session" | "token";
  readonly actor: string;
  readonly grants: readonly Grant[];
}

const SECRET_BYTES = 32;

/** A secret that cannot be guessed: 256 bits after a prefix that secret scanners know. */
export function createSecret(prefix: string): string {
  return `${prefix}${randomBytes(SECRET_BYTES).toString("base64url")}`;
}

/** How a secret is kept: it has 256 bits of its own, so that no slow hash is needed. */
export function hashSecret(secret: string): Buffer {
  return createHash("sha256").update(secret).digest();
}
