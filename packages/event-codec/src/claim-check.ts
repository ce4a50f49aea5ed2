import type { BlobStore } from "@inlet/blob-store";
import { INLINE_LIMIT_BYTES, TOPICS } from "@inlet/schemas";
import type { NormalizedEvent, RawEvent } from "@inlet/schemas";
import { isBlobRef } from "./claim-check-read.ts";
import type { Codec } from "./codec.ts";
import { RecordTooLargeError } from "./errors.ts";

/** What headers, key and batch framing may take of a topic's largest record, bytes. */
const FRAMING_BYTES = 64 * 1024;

type MovablePart = "text" | "html" | "replyText" | "headers";
const MOVABLE: readonly MovablePart[] = ["text", "html", "replyText", "headers"];

/** An event as it goes onto the topic. */
export interface Fitted<T> {
  readonly event: T;
  /** Its Confluent wire format. */
  readonly bytes: Buffer;
}

/**
 * The event with its body moved to the blob store if it would otherwise be over 768 KiB encoded (docs/concepts/protocol.md, section 2). Throws
 * BlobStoreUnavailableError, RegistryUnavailableError, and RecordTooLargeError when all but the body is too large.
 */
export async function fitRawEvent(codec: Codec, event: RawEvent, blobStore: BlobStore): Promise<Fitted<RawEvent>> {
  if (isBlobRef(event.body) || event.body.length <= INLINE_LIMIT_BYTES) {
    const bytes = await codec.encode("RawEvent", event);
    if (bytes.length <= INLINE_LIMIT_BYTES || isBlobRef(event.body))
      return fitted(event, bytes, TOPICS.rawEvents.maxRecordBytes);
  }
  const moved = { ...event, body: await blobStore.put(event.tenantId, event.receivedAt, event.body) };
  return fitted(moved, await codec.encode("RawEvent", moved), TOPICS.rawEvents.maxRecordBytes);
}

/**
 * The event with the largest of text, html, replyText and headers moved to the blob store, one after another, until it is at most
 * 768 KiB encoded. Throws as {@link fitRawEvent}.
 */
export async function fitNormalizedEvent(
  codec: Codec,
  event: NormalizedEvent,
  blobStore: BlobStore,
): Promise<Fitted<NormalizedEvent>> {
  const inline = new Map<MovablePart, Buffer>();
  for (const part of MOVABLE) {
    const content = toContent(event[part]);
    if (content !== null) inline.set(part, content);
  }
  let current = event;
  for (;;) {
    // Encoding tens of megabytes only to learn that they are too many would cost more than this sum.
    const movable = [...inline.values()].reduce((sum, content) => sum + content.length, 0);
    const bytes = movable > INLINE_LIMIT_BYTES ? null : await codec.encode("NormalizedEvent", current);
    if (bytes !== null && (bytes.length <= INLINE_LIMIT_BYTES || inline.size === 0)) {
      return fitted(current, bytes, TOPICS.normalizedEvents.maxRecordBytes);
    }
    const [part, content] = largest(inline);
    current = { ...current, [part]: await blobStore.put(event.tenantId, event.receivedAt, content) };
    inline.delete(part);
  }
}

function toContent(part: NormalizedEvent[MovablePart]): Buffer | null {
  if (typeof part === "string") return Buffer.from(part.toWellFormed(), "utf8");
  return Array.isArray(part) ? Buffer.from(JSON.stringify(part), "utf8") : null;
}

function largest(inline: ReadonlyMap<MovablePart, Buffer>): [MovablePart, Buffer] {
  return [...inline].reduce((most, each) => (each[1].length > most[1].length ? each : most));
}

function fitted<T>(event: T, bytes: Buffer, maxRecordBytes: number): Fitted<T> {
  if (bytes.length > maxRecordBytes - FRAMING_BYTES) {
    throw new RecordTooLargeError(
      `record: ${bytes.length} bytes without the parts that the blob store can hold, the topic takes ${maxRecordBytes - FRAMING_BYTES}; limit its lists (recipients, references, attachments) before`,
    );
  }
  return { event, bytes };
}
