import { createHash } from "node:crypto";
import type { S3Client } from "@aws-sdk/client-s3";
import type { BlobRef } from "@inlet/schemas";
import { assertContent, assertLength, assertRange, blobRefOf, partsOf } from "./blob-key.ts";
import { BlobMissingError, BlobStoreUnavailableError } from "./port.ts";
import type { BlobStore } from "./port.ts";
import type { S3Location } from "./s3-url.ts";

const CONNECT_TIMEOUT_MS = 3_000;
/** Without a byte in either direction, ms. */
const IDLE_TIMEOUT_MS = 30_000;
/** Of one call, the first included; the SDK waits between them. */
const ATTEMPTS = 3;

/**
 * A {@link BlobStore} in a bucket of S3 or of a server that speaks its protocol. Durable is S3's 200. A key names its content, so that a
 * second write changes nothing; it is only saved by asking first. Needs s3:GetObject, s3:PutObject and s3:ListBucket: without the last, S3
 * answers 403 for what is missing, and it would pass for a store that is away.
 */
export function createS3BlobStore(location: S3Location): BlobStore {
  let opened: Promise<{ s3: typeof import("@aws-sdk/client-s3"); client: S3Client }> | undefined;
  // The SDK is loaded by the first call only: a service with a file store does without.
  const open = async (): NonNullable<typeof opened> =>
    (opened ??= import("@aws-sdk/client-s3").then((s3) => ({ s3, client: clientOf(s3, location) })));
  const Bucket = location.bucket;
  const keyOf = (ref: BlobRef): string => {
    const { tenant, day, sha256 } = partsOf(ref);
    return [location.prefix, tenant, day, sha256].filter((part) => part !== "").join("/");
  };

  const isStored = async (ref: BlobRef): Promise<boolean> => {
    const { s3, client } = await open();
    try {
      const head = await client.send(new s3.HeadObjectCommand({ Bucket, Key: keyOf(ref) }));
      return head.ContentLength === ref.size;
    } catch (error) {
      // A missing bucket looks the same here; the write that follows tells.
      if (statusOf(error) === 404) return false;
      throw error;
    }
  };

  const read = async (ref: BlobRef, part: { Range?: string }): Promise<Buffer> => {
    const Key = keyOf(ref);
    try {
      const { s3, client } = await open();
      const { Body } = await client.send(new s3.GetObjectCommand({ Bucket, Key, ...part }));
      return Buffer.from((await Body?.transformToByteArray()) ?? []);
    } catch (error) {
      if (nameOf(error) === "NoSuchKey")
        throw new BlobMissingError(`${ref.key}: not in the blob store`, { cause: error });
      if (nameOf(error) === "InvalidRange") return Buffer.alloc(0);
      throw unavailable("could not be read", error);
    }
  };

  return {
    put: async (tenant, receivedAt, bytes) => {
      const ref = blobRefOf(tenant, receivedAt, bytes);
      try {
        if (await isStored(ref)) return ref;
        const { s3, client } = await open();
        await client.send(
          new s3.PutObjectCommand({
            Bucket,
            Key: keyOf(ref),
            Body: bytes,
            ContentLength: bytes.byteLength,
            ContentType: "application/octet-stream",
            // S3 refuses what arrives differently.
            ChecksumSHA256: createHash("sha256").update(bytes).digest("base64"),
          }),
        );
        return ref;
      } catch (error) {
        throw unavailable("could not be written", error);
      }
    },
    get: async (ref) => assertContent(ref, await read(ref, {})),
    getRange: async (ref, start, end) => {
      assertRange(ref, start, end);
      return assertLength(ref, await read(ref, { Range: `bytes=${start}-${end - 1}` }), end - start);
    },
    healthy: async () => {
      try {
        const { s3, client } = await open();
        await client.send(new s3.HeadBucketCommand({ Bucket }));
        return true;
      } catch {
        return false;
      }
    },
  };
}

function clientOf(s3: typeof import("@aws-sdk/client-s3"), { endpoint, region, pathStyle }: S3Location): S3Client {
  return new s3.S3Client({
    ...(endpoint === null ? {} : { endpoint }),
    ...(region === null ? {} : { region }),
    forcePathStyle: pathStyle,
    maxAttempts: ATTEMPTS,
    requestHandler: { connectionTimeout: CONNECT_TIMEOUT_MS, socketTimeout: IDLE_TIMEOUT_MS },
    // Our own hash is checked on every read; other servers do not all know the newer checksums.
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
  });
}

function unavailable(what: string, cause: unknown): BlobStoreUnavailableError {
  const status = statusOf(cause);
  const why = [nameOf(cause), status === undefined ? null : `status ${status}`].filter((part) => part !== null);
  return new BlobStoreUnavailableError(
    `BLOB_STORE_URL: a blob ${what} (${why.join(", ")}); check the bucket, the endpoint, the credentials and what they may do (s3:GetObject, s3:PutObject, s3:ListBucket)`,
    { cause },
  );
}

function nameOf(error: unknown): string {
  const { name, code } = error as { name?: string; code?: string };
  return code ?? name ?? "unknown error";
}

function statusOf(error: unknown): number | undefined {
  return (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
}
