import type { Grant } from "./grant.ts";
import type { GrantKey } from "./grant-store.ts";
import { seal, unseal } from "./sealing.ts";

export interface HeldTokens {
  readonly accessToken: string;
  /** Epoch ms. */
  readonly issuedAt: number;
  /** Epoch ms; null where no one knows: then it is good until the CRM refuses it. */
  readonly endsAt: number | null;
  /** The one to renew it with; null for grant client_credentials. */
  readonly refreshToken: string | null;
}

/** Tokens as the store keeps them: no reader of the database can use them, and they open only where they were put. */
export function sealTokens(tokens: HeldTokens, grant: Grant, key: GrantKey): Buffer {
  return seal(JSON.stringify(tokens), grant.sealingSecret, toPlace(key));
}

/** Null where they do not open: then the tenant file's own refresh token counts. */
export function openTokens(sealed: Buffer, grant: Grant, key: GrantKey): HeldTokens | null {
  const text = unseal(sealed, grant.sealingSecret, toPlace(key));
  return text === null ? null : (JSON.parse(text) as HeldTokens);
}

function toPlace({ tenant, crm, grant }: GrantKey): string {
  return [tenant, crm, grant].join("\0");
}
