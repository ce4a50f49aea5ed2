import type { BlobStore } from "@inlet/blob-store";
import type { BlobRef, Header } from "@inlet/schemas";

/** Whether a part of an event is a reference into the blob store rather than the content itself. */
export function isBlobRef(part: unknown): part is BlobRef {
  return typeof part === "object" && part !== null && "key" in part && "sha256" in part && !ArrayBuffer.isView(part);
}

/** A body's bytes, wherever they are. Throws the blob store's BlobMissingError and BlobStoreUnavailableError. */
export async function resolveBody(body: Buffer | BlobRef, blobStore: BlobStore): Promise<Buffer> {
  return isBlobRef(body) ? blobStore.get(body) : body;
}

/** `text`, `html` or `replyText`, wherever it is. Throws as {@link resolveBody}. */
export async function resolveText(part: string | BlobRef | null, blobStore: BlobStore): Promise<string | null> {
  return isBlobRef(part) ? (await blobStore.get(part)).toString("utf8") : part;
}

/** The header fields, wherever they are. Throws as {@link resolveBody}. */
export async function resolveHeaders(headers: Header[] | BlobRef, blobStore: BlobStore): Promise<Header[]> {
  return isBlobRef(headers) ? (JSON.parse((await blobStore.get(headers)).toString("utf8")) as Header[]) : headers;
}
