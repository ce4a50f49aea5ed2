import { createHash } from "node:crypto";
import type { BlobRef } from "@inlet/schemas";
import { assertContent, assertLength, assertRange, buildBlobRef, parseBlobRef } from "./blob-key.ts";
import { BlobMissingError, BlobStoreUnavailableError } from "./port.ts";
import type { BlobStore } from "./port.ts";
import { keyBelow, getErrorName, s3Opener, getErrorStatus, unavailable } from "./s3-client.ts";
import { assertMarkedBucket } from "./s3-marker.ts";
import type { S3Location } from "./s3-url.ts";

/**
 * A {@link BlobStore} in a bucket of S3 or of a server that speaks its protocol. Durable is S3's 200. A key names its content, so that a
 * second write changes nothing; it is only saved by asking first. Needs s3:GetObject, s3:PutObject, s3:DeleteObject (for retention and erasure) and s3:ListBucket: without the last, S3
 * answers 403 for what is missing, and it would pass for a store that is away.
 */
export function createS3BlobStore(location: S3Location): BlobStore {
  const open = s3Opener(location);
  const Bucket = location.bucket;
  const toKey = (ref: Pick<BlobRef, "key" | "sha256">): string => {
    const { tenant, day, sha256 } = parseBlobRef(ref);
    return keyBelow(location, tenant, day, sha256);
  };

  const isStored = async (ref: BlobRef): Promise<boolean> => {
    const { s3, client } = await open();
    try {
      const head = await client.send(new s3.HeadObjectCommand({ Bucket, Key: toKey(ref) }));
      return head.ContentLength === ref.size;
    } catch (error) {
      // A missing bucket looks the same here; the write that follows tells.
      if (getErrorStatus(error) === 404) return false;
      throw error;
    }
  };

  const read = async (ref: BlobRef, part: { Range?: string }): Promise<Buffer> => {
    const Key = toKey(ref);
    for (let again = false; ; again = true) {
      try {
        const { s3, client } = await open();
        const { Body } = await client.send(new s3.GetObjectCommand({ Bucket, Key, ...part }));
        return Buffer.from((await Body?.transformToByteArray()) ?? []);
      } catch (error) {
        if (getErrorName(error) === "InvalidRange") return Buffer.alloc(0);
        if (getErrorName(error) !== "NoSuchKey") throw unavailable("a blob could not be read", error);
        await assertMarkedBucket(await open(), location);
        // What lies behind the server may have been mounted between the read and the look at the marker.
        if (again) throw new BlobMissingError(`${ref.key}: not in the blob store`, { cause: error });
      }
    }
  };

  return {
    put: async (tenant, receivedAt, bytes) => {
      const ref = buildBlobRef(tenant, receivedAt, bytes);
      try {
        const { s3, client } = await open();
        const [stored] = await Promise.all([isStored(ref), assertMarkedBucket({ s3, client }, location)]);
        if (stored) return ref;
        await client.send(
          new s3.PutObjectCommand({
            Bucket,
            Key: toKey(ref),
            Body: bytes,
            ContentLength: bytes.byteLength,
            ContentType: "application/octet-stream",
            // S3 refuses what arrives differently.
            ChecksumSHA256: createHash("sha256").update(bytes).digest("base64"),
          }),
        );
        return ref;
      } catch (error) {
        throw error instanceof BlobStoreUnavailableError ? error : unavailable("a blob could not be written", error);
      }
    },
    get: async (ref) => assertContent(ref, await read(ref, {})),
    getRange: async (ref, start, end) => {
      assertRange(ref, start, end);
      return assertLength(ref, await read(ref, { Range: `bytes=${start}-${end - 1}` }), end - start);
    },
    delete: async (ref) => {
      const Key = toKey(ref);
      try {
        const { s3, client } = await open();
        await assertMarkedBucket({ s3, client }, location);
        await client.send(new s3.DeleteObjectCommand({ Bucket, Key }));
      } catch (error) {
        if (getErrorStatus(error) === 404) return;
        throw error instanceof BlobStoreUnavailableError ? error : unavailable("a blob could not be deleted", error);
      }
    },
    assertAvailable: async () => assertMarkedBucket(await open(), location),
    fault: async () => {
      try {
        await assertMarkedBucket(await open(), location);
        return null;
      } catch (error) {
        return error instanceof BlobStoreUnavailableError
          ? error.message
          : unavailable("it cannot be asked", error).message;
      }
    },
  };
}
