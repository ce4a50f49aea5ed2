import type { S3Client } from "@aws-sdk/client-s3";
import { BlobStoreUnavailableError } from "./port.ts";
import type { S3Location } from "./s3-url.ts";

const CONNECT_TIMEOUT_MS = 3_000;
/** Without a byte in either direction, ms. */
const IDLE_TIMEOUT_MS = 30_000;
/** Of one call, the first included; the SDK waits between them. */
const ATTEMPTS = 3;

export interface OpenedS3 {
  readonly s3: typeof import("@aws-sdk/client-s3");
  readonly client: S3Client;
}

/** Opens one client, when it is first asked for: a service with a file store does without the SDK. */
export function s3Opener(location: S3Location): () => Promise<OpenedS3> {
  let opened: Promise<OpenedS3> | undefined;
  return async () =>
    (opened ??= import("@aws-sdk/client-s3").then((s3) => ({ s3, client: createClient(s3, location) })));
}

export function keyBelow({ prefix }: S3Location, ...parts: readonly string[]): string {
  return [prefix, ...parts].filter((part) => part !== "").join("/");
}

function createClient(s3: OpenedS3["s3"], { endpoint, region, pathStyle }: S3Location): S3Client {
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

/** @param what what could not be done, such as `a blob could not be read` */
export function unavailable(what: string, cause: unknown): BlobStoreUnavailableError {
  const status = getErrorStatus(cause);
  const why = [getErrorName(cause), status === undefined ? null : `status ${status}`].filter((part) => part !== null);
  return new BlobStoreUnavailableError(
    `BLOB_STORE_URL: ${what} (${why.join(", ")}); check the bucket, the endpoint, the credentials and what they may do (s3:GetObject, s3:PutObject, s3:ListBucket)`,
    { cause },
  );
}

export function getErrorName(error: unknown): string {
  const { name, code } = error as { name?: string; code?: string };
  return code ?? name ?? "unknown error";
}

export function getErrorStatus(error: unknown): number | undefined {
  return (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
}
