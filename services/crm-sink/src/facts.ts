import type { BlobStore } from "@inlet/blob-store";
import { getContact, getTreatment, normalizeAddress } from "@inlet/domain";
import { resolveText } from "@inlet/event-codec";
import type { NormalizedEvent } from "@inlet/schemas";
import { getReferences } from "./match/references.ts";

/** What the steps know of an email before they ask anyone: worked out once, and the same for all of them. */
export interface EmailFacts {
  /** What becomes of mail of its class. */
  readonly treatment: ReturnType<typeof getTreatment>;
  /** Who wrote it, or whom a colleague forwarded; null where no one can be named. */
  readonly contact: ReturnType<typeof getContact>;
  /** The contact's address as it is a key; null where it is no usable address. */
  readonly sender: string | null;
  /** Messages that it answers, the best first. */
  readonly references: readonly string[];
  /** The writer's own words; fetched once where they lie in the blob store. */
  readonly replyText: () => Promise<string | null>;
}

export function buildFacts(
  event: NormalizedEvent,
  tenant: { readonly classes: Parameters<typeof getTreatment>[1] },
  blobs: BlobStore,
): Readonly<EmailFacts> {
  const contact = getContact(event);
  let replyText: Promise<string | null> | undefined;
  return Object.freeze({
    treatment: Object.freeze(getTreatment(event, tenant.classes)),
    contact,
    sender: normalizeAddress(contact?.email ?? ""),
    references: Object.freeze(getReferences(event)),
    replyText: async () => (replyText ??= resolveText(event.replyText, blobs)),
  });
}
