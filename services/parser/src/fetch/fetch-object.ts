import { addAbortSignal, Readable } from "node:stream";
import type { S3Client } from "@aws-sdk/client-s3";
import type { ObjectStorage, StoredElsewhere } from "@inlet/sources";
import type { Fetched } from "./fetch-attachment.ts";

/** As large as the largest body that a source takes, bytes. */
const MAX_BYTES = 64 * 1024 * 1024;
const TIMEOUT_MS = 30_000;

/** Reads the object in which a provider stored an email. Never throws. */
export type ObjectFetch = (object: StoredElsewhere, storage: ObjectStorage | null) => Promise<Fetched>;

/**
 * Fetches from S3 with the source's own credentials (or the process's), and only from buckets that the source lists: what a
 * post says is not enough to read with the tenant's rights. Needs s3:GetObject.
 */
export function createObjectFetch(): ObjectFetch {
  const clients = new WeakMap<ObjectStorage, Promise<S3Client>>();
  return async (object, storage) => {
    if (storage?.buckets.includes(object.bucket) !== true) return { kind: "gone", code: "s3:bucket_not_listed" };
    try {
      // The SDK is loaded by the first email in S3 only.
      const sdk = await import("@aws-sdk/client-s3");
      const client = clients.get(storage) ?? Promise.resolve(createClient(sdk, storage));
      clients.set(storage, client);
      const command = new sdk.GetObjectCommand({ Bucket: object.bucket, Key: object.key });
      const abortSignal = AbortSignal.timeout(TIMEOUT_MS);
      const { Body: body } = await (await client).send(command, { abortSignal });
      if (!(body instanceof Readable)) return { kind: "passing", code: "s3:no_body" };
      const chunks: Buffer[] = [];
      let size = 0;
      // The time holds for the body too; leaving the loop closes the connection.
      for await (const chunk of addAbortSignal(abortSignal, body) as AsyncIterable<Buffer>) {
        size += chunk.length;
        if (size > MAX_BYTES) return { kind: "gone", code: "s3:too_large" };
        chunks.push(chunk);
      }
      return { kind: "ok", bytes: Buffer.concat(chunks) };
    } catch (error) {
      const { name, $metadata } = error as { name: string; $metadata?: { httpStatusCode?: number } };
      // Refused credentials are the tenant's to repair, so they pass; an object that is not there never comes back.
      const gone = name === "NoSuchKey" || $metadata?.httpStatusCode === 404;
      return { kind: gone ? "gone" : "passing", code: `s3:${name}` };
    }
  };
}

function createClient(
  sdk: typeof import("@aws-sdk/client-s3"),
  { region, endpoint, credentials }: ObjectStorage,
): S3Client {
  const [accessKeyId = "", secretAccessKey = ""] = [
    credentials?.accessKeyId.reveal()[0],
    credentials?.secretAccessKey.reveal()[0],
  ];
  return new sdk.S3Client({
    region,
    ...(endpoint === null ? {} : { endpoint, forcePathStyle: true }),
    ...(credentials === null ? {} : { credentials: { accessKeyId, secretAccessKey } }),
  });
}
