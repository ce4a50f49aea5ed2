import type { DeliveryView } from "@inlet/ledger";
import type { BlobRef, Header, NormalizedEvent } from "@inlet/schemas";

/** Where an email's content is, as its row in the ledger says. */
export type ContentPlaces = Pick<
  DeliveryView,
  "tenant" | "eventId" | "raw" | "normalized" | "deadLetter" | "receivedAt" | "parsedAt" | "endedAt"
>;

/** The content of emails, wherever it is kept. What is not there is said, never thrown. */
export interface ContentStore {
  /** The email as it was parsed. */
  readEmail(places: ContentPlaces): Promise<EmailReading | Absent>;
  /** The post as it came in, byte by byte. */
  readRaw(places: ContentPlaces): Promise<RawReading | Absent>;
  /** A stored file. */
  readFile(blob: BlobRef): Promise<{ readonly kind: "file"; readonly bytes: Buffer } | Absent>;
}

export interface EmailReading {
  readonly kind: "email";
  readonly event: NormalizedEvent;
  readonly text: string | null;
  /** Sanitized when it was parsed. */
  readonly html: string | null;
  readonly headers: readonly Header[];
  /** Parts that are no longer stored. */
  readonly lost: readonly ("text" | "html" | "headers")[];
}

export interface RawReading {
  readonly kind: "raw";
  readonly bytes: Buffer;
  readonly contentType: string;
}

export type Absent =
  /** It was parsed never, or not yet. */
  | { readonly kind: "not_parsed" }
  /** `goneAt`: about when, epoch ms; null where that is not known. */
  | { readonly kind: "gone"; readonly from: "Kafka" | "the blob store"; readonly goneAt: number | null }
  | { readonly kind: "away"; readonly what: "Kafka" | "the blob store" | "the schema registry" }
  /** What lies there is no email of this row. */
  | { readonly kind: "unreadable" };

export function isAbsent(reading: { readonly kind: string }): reading is Absent {
  return ["not_parsed", "gone", "away", "unreadable"].includes(reading.kind);
}

/** What to tell a person, in a sentence or two. */
export function describeAbsence(absent: Absent): string {
  switch (absent.kind) {
    case "not_parsed":
      return "The email is not parsed (yet): only what came in can be downloaded.";
    case "gone": {
      const since = absent.goneAt === null ? "" : ` It went on or about ${toDay(absent.goneAt)}.`;
      return `The content is no longer in ${absent.from}.${since} What the CRM has of it stays there.`;
    }
    case "away":
      return `The content cannot be read now: ${absent.what} does not answer. Mail waits or flows on by itself; look again in a minute.`;
    case "unreadable":
      return "What lies where the email should be is not this email.";
  }
}

function toDay(epochMs: number): string {
  return new Date(epochMs).toISOString().slice(0, 10);
}
