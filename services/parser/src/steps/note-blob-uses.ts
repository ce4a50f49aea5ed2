import { buildBlobRef, type BlobStore } from "@inlet/blob-store";
import { isBlobRef } from "@inlet/event-codec";
import type { RawEvent } from "@inlet/schemas";
import type { ParserDeps } from "../intake/incoming-delivery.ts";

type Deps = Pick<ParserDeps, "blobs" | "ledger">;

/** The blob store, of which the ledger hears before anything of this email is put there: no sweep deletes what an email needs (docs/guides/retention.md). */
export function notingUses({ blobs, ledger }: Deps, { tenantId, eventId }: RawEvent): BlobStore {
  return {
    ...blobs,
    put: async (tenant, receivedAt, bytes) => {
      const { key } = buildBlobRef(tenant, receivedAt, bytes);
      await ledger.lifecycle.noteBlobUse({ tenant: tenantId, eventId, key, kind: "part" });
      return blobs.put(tenant, receivedAt, bytes);
    },
  };
}

/** The gateway put it, which asks no ledger. */
export async function noteBodyUse({ ledger }: Deps, { tenantId, eventId, body }: RawEvent): Promise<void> {
  if (isBlobRef(body)) await ledger.lifecycle.noteBlobUse({ tenant: tenantId, eventId, key: body.key, kind: "body" });
}
