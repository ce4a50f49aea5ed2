import { createHash } from "node:crypto";
import { deadLetter, ok, getRetryDelay, type StepResult } from "@inlet/domain";
import { findRefusal, sniffType, type ParsedAttachment } from "@inlet/email";
import type { AttachmentInfo } from "@inlet/schemas";
import { metrics } from "@inlet/telemetry";
import type { Delivery, ParserDeps } from "../intake/incoming-delivery.ts";

/** How soon an email that waits for the scanner is tried again, ms. */
const SCANNER_RETRY_MS = 15_000;

export interface StoredAttachments {
  readonly attachments: AttachmentInfo[];
  /** `attachment_refused: extension`, … a line a file; no names. */
  readonly warnings: readonly string[];
}

type Judged =
  | { readonly verdict: "clean" | "unscanned"; readonly warning: string | null }
  | { readonly verdict: "refused" | "infected"; readonly warning: string };

/**
 * Judges every attachment by the tenant's policy and the scanner, and puts the bytes of those let through into the blob store before the
 * record that names them is produced (docs/concepts/protocol.md, section 9). One that is given by URL is fetched first; gone for good, it gets the verdict
 * `unavailable` and the email goes on.
 */
export async function storeAttachments(
  deps: ParserDeps,
  delivery: Delivery,
  found: readonly ParsedAttachment[],
): Promise<StepResult<StoredAttachments>> {
  const { event, tenant } = delivery;
  const attachments: AttachmentInfo[] = [];
  const warnings: string[] = [];
  let kept = 0;
  for (const { bytes, downloadUrl, ...described } of found) {
    const content = await readContent(deps, delivery, bytes, downloadUrl);
    if (content.kind !== "ok") return content;
    if (content.value === null) {
      attachments.push({ ...described, verdict: "unavailable", blob: null });
      metrics.attachments.inc({ tenant: event.tenantId, verdict: "unavailable" });
      warnings.push("attachment_unavailable");
      continue;
    }
    const attachment = bytes === null ? await measured(described, content.value) : described;
    metrics.attachmentBytes.observe({ tenant: event.tenantId }, content.value.byteLength);
    const judged = await judge(deps, delivery, attachment, content.value, kept);
    if (judged.kind !== "ok") return judged;
    const { value: answer } = judged;
    metrics.attachments.inc({ tenant: event.tenantId, verdict: answer.verdict });
    if (answer.warning !== null) warnings.push(answer.warning);
    if (answer.verdict === "refused" || answer.verdict === "infected") {
      if (tenant.attachments.onRefusal === "dead-letter")
        return deadLetter("attachment_refused", "attachments", answer.warning);
      attachments.push({ ...attachment, verdict: answer.verdict, blob: null });
      continue;
    }
    kept += content.value.byteLength;
    const blob = await deps.blobs.put(event.tenantId, event.receivedAt, content.value);
    attachments.push({ ...attachment, verdict: answer.verdict, blob });
  }
  return ok({ attachments, warnings });
}

/** Null where it is gone for good. */
async function readContent(
  deps: ParserDeps,
  delivery: Delivery,
  bytes: Uint8Array | null,
  downloadUrl: string | null,
): Promise<StepResult<Uint8Array | null>> {
  if (bytes !== null || downloadUrl === null) return ok(bytes);
  const fetched = await deps.fetchAttachment(downloadUrl);
  if (fetched.kind === "passing") {
    // With its attempts used up the email goes on without it.
    const delayMs = getRetryDelay("fetch", delivery.attempts, deps.random());
    if (delayMs !== null) return { kind: "retry", code: fetched.code, attempt: "fetch", delayMs };
  }
  return ok(fetched.kind === "ok" ? fetched.bytes : null);
}

/** What was fetched has its type, size and hash only now. */
async function measured(
  attachment: Omit<AttachmentInfo, "blob">,
  content: Uint8Array,
): Promise<Omit<AttachmentInfo, "blob">> {
  return {
    ...attachment,
    sniffedType: await sniffType(content),
    size: content.byteLength,
    sha256: createHash("sha256").update(content).digest("hex"),
  };
}

async function judge(
  deps: ParserDeps,
  { tenant }: Delivery,
  attachment: Omit<AttachmentInfo, "blob">,
  content: Uint8Array,
  kept: number,
): Promise<StepResult<Judged>> {
  const policy = tenant.attachments;
  const refusal = findRefusal(attachment, policy, kept);
  if (refusal !== null) return ok({ verdict: "refused", warning: `attachment_refused: ${refusal}` });
  // The provider's own scan (SES) found something; it does not say in which file.
  if (attachment.verdict === "infected")
    return ok({ verdict: "infected", warning: "attachment_infected: the provider's scan" });
  if (deps.scanner === null) return ok({ verdict: "unscanned", warning: null });
  const scan = await deps.scanner.scan(content);
  switch (scan.kind) {
    case "clean":
      return ok({ verdict: "clean", warning: null });
    case "infected":
      return ok({ verdict: "infected", warning: `attachment_infected: ${scan.signature}` });
    case "unscannable":
      return policy.unscannable === "refuse"
        ? ok({ verdict: "refused", warning: `attachment_refused: unscannable, ${scan.why}` })
        : ok({ verdict: "unscanned", warning: `attachment_unscanned: ${scan.why}` });
    case "away":
      metrics.alerts.inc({ code: "scanner_away" });
      // No attempt is used up: the email waits until the scanner is back, or it gets too old.
      return policy.scannerAway === "hold"
        ? { kind: "retry", code: "scanner_away", attempt: null, delayMs: SCANNER_RETRY_MS }
        : ok({ verdict: "unscanned", warning: "attachment_unscanned: scanner_away" });
  }
}
