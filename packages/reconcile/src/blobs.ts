import { BlobMissingError, type BlobStore } from "@inlet/blob-store";
import { UndecodableRecordError, isBlobRef, type Codec } from "@inlet/event-codec";
import { headerText, type KafkaRecord } from "@inlet/kafka";
import { HEADER, type BlobRef, type NormalizedEvent, type RawEvent } from "@inlet/schemas";
import type { Findings } from "./findings.ts";
import type { LaneTopic } from "./looking.ts";

/** Blobs that are asked for at the same time. */
const TOGETHER = 16;
/** Blobs that several records name are asked for once, as far as they are remembered. */
const MOST_REMEMBERED = 50_000;

export interface BlobCheck {
  check(
    kind: LaneTopic["kind"],
    records: readonly { readonly tenant: string; readonly eventId: string; readonly record: KafkaRecord }[],
  ): Promise<void>;
  readonly seen: () => number;
}

/** Asks for every blob that a record names: it lives longer than any record (docs/concepts/protocol.md, section 9). A byte is read of each, its content is not compared. */
export function checkBlobs(findings: Findings, { codec, blobs }: { codec: Codec; blobs: BlobStore }): BlobCheck {
  const known = new Set<string>();
  let seen = 0;
  return {
    seen: () => seen,
    check: async (kind, records) => {
      if (kind === "outcomes") return;
      const wanted: { ref: BlobRef; where: string }[] = [];
      for (const { tenant, eventId, record } of records)
        for (const ref of await findBlobs(codec, record)) {
          if (known.has(ref.key) || ref.size === 0) continue;
          if (known.size >= MOST_REMEMBERED) known.clear();
          known.add(ref.key);
          wanted.push({ ref, where: `${tenant}/${eventId}` });
        }
      seen += wanted.length;
      for (let at = 0; at < wanted.length; at += TOGETHER)
        await Promise.all(
          wanted.slice(at, at + TOGETHER).map(async ({ ref, where }) => {
            try {
              await blobs.getRange(ref, 0, 1);
            } catch (error) {
              if (!(error instanceof BlobMissingError)) throw error;
              findings.fault(`${where}: the blob ${ref.key} that its record names is gone`);
            }
          }),
        );
    },
  };
}

/** The blobs that a record names; none where it cannot be read. */
async function findBlobs(codec: Codec, record: KafkaRecord): Promise<BlobRef[]> {
  const schema = headerText(record.headers, HEADER.schema);
  const value = record.value ?? Buffer.alloc(0);
  try {
    if (schema?.startsWith("RawEvent/") === true) return getRawRefs(await codec.decode("RawEvent", value, schema));
    if (schema?.startsWith("NormalizedEvent/") === true)
      return getNormalizedRefs(await codec.decode("NormalizedEvent", value, schema));
  } catch (error) {
    if (!(error instanceof UndecodableRecordError)) throw error;
  }
  return [];
}

function getRawRefs({ body }: RawEvent): BlobRef[] {
  return isBlobRef(body) ? [body] : [];
}

function getNormalizedRefs(event: NormalizedEvent): BlobRef[] {
  const parts = [event.text, event.html, event.replyText, event.headers, event.rawRef?.blob ?? null];
  return [...parts, ...event.attachments.map(({ blob }) => blob)].filter((part) => isBlobRef(part));
}
