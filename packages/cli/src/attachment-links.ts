import { linkUrl, signLink } from "@inlet/blob-links";
import type { Codec } from "@inlet/event-codec";
import { type Admin, headerText } from "@inlet/kafka";
import type { DeliveryView } from "@inlet/ledger";
import { HEADER } from "@inlet/schemas";

const LINK_MS = 15 * 60_000;

export interface LinkedAttachment {
  readonly filename: string | null;
  readonly contentType: string;
  readonly size: number;
  readonly verdict: string;
  /** Null where the file is not stored: refused, infected, unavailable. */
  readonly downloadUrl: string | null;
}

export interface LinkMaking {
  readonly admin: Pick<Admin, "readRecord">;
  readonly codec: Codec;
  readonly publicUrl: string;
  readonly urlSigningKeys: readonly string[];
  /** Epoch ms. */
  readonly now: number;
}

/**
 * The attachments in a delivery's normalized record, with a link, good for 15 minutes, to each that is stored. Empty where it was not parsed
 * or Kafka no longer keeps the record.
 */
export async function linkedAttachments(
  { normalized: at }: Pick<DeliveryView, "normalized">,
  { admin, codec, publicUrl, urlSigningKeys, now }: LinkMaking,
): Promise<LinkedAttachment[]> {
  const record = at === null ? null : await admin.readRecord({ ...at, offset: BigInt(at.offset) });
  if (record?.value == null) return [];
  const event = await codec.decode("NormalizedEvent", record.value, headerText(record.headers, HEADER.schema));
  return event.attachments.map(({ filename, contentType, size, verdict, blob }) => {
    const token = blob && signLink(urlSigningKeys, { blob, filename, contentType }, now + LINK_MS);
    return { filename, contentType, size, verdict, downloadUrl: token && linkUrl(publicUrl, token) };
  });
}

/** As `inlet show` prints them; a link on a line of its own, so that it can be copied whole. */
export function attachmentLines(attachments: readonly LinkedAttachment[]): string[] {
  if (attachments.length === 0) return [];
  return [
    "",
    "  attachments",
    ...attachments.flatMap(({ filename, contentType, size, verdict, downloadUrl }) => [
      `    ${filename ?? "(without a name)"}  ${contentType}, ${size} bytes, ${verdict}`,
      ...(downloadUrl === null ? [] : [`      ${downloadUrl}`]),
    ]),
  ];
}
