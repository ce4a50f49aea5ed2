import type { Parents } from "@inlet/crm";
import { effectKey, ok, type StepResult } from "@inlet/domain";
import type { AttachmentInfo, BlobRef } from "@inlet/schemas";
import type { Claims } from "./claim-effects.ts";
import type { DeliveryAttempt } from "../attempt.ts";
import { holdMemory } from "../intake/hold-memory.ts";
import { writeEffect } from "./write-effect.ts";

/** Copies of a file in memory while it is sent, where the adapter does not say. */
const FILE_COPIES = 3;

/** The attachments that go into the CRM: stored, not part of the html, each content once. */
export function filesToWrite(email: DeliveryAttempt): AttachmentInfo[] {
  if (email.tenant.crm.files === "link") return [];
  const found = new Map<string, AttachmentInfo>();
  for (const file of email.event.attachments) {
    if (!file.inline && file.blob !== null && (file.verdict === "clean" || file.verdict === "unscanned"))
      found.set(file.sha256, file);
  }
  return [...found.values()];
}

/** Uploads what is not there yet; answers the CRM's file ids. A file that fails for good is a warning, unless the tenant requires files. */
export async function writeFiles(
  email: DeliveryAttempt,
  claims: Claims,
  files: readonly AttachmentInfo[],
  parents: Parents,
  mayMake = true,
): Promise<StepResult<string[]>> {
  const ids: string[] = [];
  for (const file of files) {
    const key = effectKey.file(email.event.emailKey, file.sha256);
    const claimed = claims.of("file", key);
    if (claimed.state === "confirmed") {
      if (claimed.recordId !== null) ids.push(claimed.recordId);
      email.summary.push({ effect: "file", key, recordId: claimed.recordId, created: false });
      continue;
    }
    if (!mayMake) continue;
    const outcome = await writeFile(email, key, file, { parents, replaces: claimed.replaces ?? null });
    if (outcome.kind === "deadLetter" && !email.tenant.crm.required.includes("file")) {
      email.warnings.push(`file_failed: ${file.contentType} of ${file.size} bytes (${outcome.detail})`);
      continue;
    }
    if (outcome.kind !== "ok") return outcome;
    ids.push(outcome.value);
  }
  return ok(ids);
}

/** The name as sent, or one that says what is in it. */
export function buildFilename({ filename, contentType }: AttachmentInfo): string {
  return filename ?? `attachment.${contentType.split("/")[1]?.replace(/[^a-z0-9]/g, "") ?? "bin"}`;
}

async function writeFile(
  email: DeliveryAttempt,
  key: string,
  file: AttachmentInfo,
  { parents, replaces }: { readonly parents: Parents; readonly replaces: string | null },
): Promise<StepResult<string>> {
  if (file.blob === null)
    return { kind: "deadLetter", reason: "blob_missing", step: "file", detail: "no stored bytes" };
  const { blob } = file;
  const bytes = blob.size * (email.crm.adapter.records.file.copies ?? FILE_COPIES);
  return holdMemory(email, bytes, async () => sendFile(email, key, { file, blob, parents, replaces }));
}

async function sendFile(
  email: DeliveryAttempt,
  key: string,
  {
    file,
    blob,
    parents,
    replaces,
  }: {
    readonly file: AttachmentInfo;
    readonly blob: BlobRef;
    readonly parents: Parents;
    readonly replaces: string | null;
  },
): Promise<StepResult<string>> {
  let bytes: Buffer;
  try {
    bytes = await email.deps.blobs.get(blob);
  } catch (error) {
    if ((error as Error).name !== "BlobMissingError") throw error;
    return {
      kind: "deadLetter",
      reason: "blob_missing",
      step: "file",
      detail: "its bytes are no longer in the blob store",
    };
  }
  const filename = buildFilename(file);
  const { write, lookup } = email.crm.adapter.records.file;
  const input = { key, filename, contentType: file.contentType, bytes, ...parents, replaces };
  const sought = { filename, ...parents };
  const outcome = await writeEffect(email, "file", key, { write, input, lookup, sought });
  if (outcome.kind !== "ok") return outcome;
  email.summary.push({ effect: "file", key, ...outcome.value });
  return ok(outcome.value.recordId);
}
