import type { ParsedAttachment } from "@inlet/email";
import { ok, retryDelayMs, type Outcome } from "@inlet/delivery";
import type { AttachmentInfo } from "@inlet/schemas";
import { createHash } from "node:crypto";
import { metrics } from "@inlet/telemetry";
import type { Delivery, ParserDeps } from "./arrival.ts";

/**
 * Puts every attachment's bytes into the blob store before the record that names them is produced (PROTOCOL.md 9). One that is given by
 * URL is fetched first; gone for good, it gets the verdict `unavailable` and the email goes on.
 */
export async function storeAttachments(
  deps: ParserDeps,
  delivery: Delivery,
  found: readonly ParsedAttachment[],
): Promise<Outcome<AttachmentInfo[]>> {
  const { event } = delivery;
  const stored: AttachmentInfo[] = [];
  for (const { bytes, downloadUrl, ...attachment } of found) {
    let content = bytes;
    if (content === null && downloadUrl !== null) {
      const fetched = await deps.fetchAttachment(downloadUrl);
      if (fetched.kind === "passing") {
        // With its attempts used up the email goes on without it.
        const delayMs = retryDelayMs(delivery.attempt + 1, deps.random());
        if (delayMs !== null) return { kind: "retry", code: fetched.code, attempt: true, delayMs };
      }
      content = fetched.kind === "ok" ? fetched.bytes : null;
    }
    if (content === null) {
      stored.push({ ...attachment, verdict: "unavailable", blob: null });
      continue;
    }
    metrics.attachmentBytes.observe({ tenant: event.tenantId }, content.byteLength);
    stored.push({
      ...attachment,
      size: content.byteLength,
      sha256: createHash("sha256").update(content).digest("hex"),
      blob: await deps.blobs.put(event.tenantId, event.receivedAt, content),
    });
  }
  return ok(stored);
}
