import {
  MARKER,
  MARKER_RENEWED_AFTER_MS,
  MARKER_TEXT,
  unmarked,
  type InitializedStore,
  type InitOptions,
} from "./marker.ts";
import { keyBelow, getErrorName, s3Opener, unavailable, type OpenedS3 } from "./s3-client.ts";
import type { S3Location } from "./s3-url.ts";

/** Throws BlobStoreUnavailableError unless the marker lies at the store's root: another bucket or prefix is no store, nor one whose disk is away. */
export async function assertMarkedBucket(opened: OpenedS3, location: S3Location): Promise<void> {
  const lastModified = await askForMarker(opened, location);
  if (lastModified === null) throw unmarked(describePlace(location));
  if (Date.now() - lastModified > MARKER_RENEWED_AFTER_MS) await renew(opened, location).catch(() => {});
}

export async function initS3Store(
  location: S3Location,
  may: NonNullable<InitOptions["may"]>,
): Promise<InitializedStore> {
  const opened = await s3Opener(location)();
  const marker = describePlace(location);
  if ((await askForMarker(opened, location)) !== null) return { marker, made: false };
  if (!(await may(marker))) throw unmarked(marker);
  const { s3, client } = opened;
  const object = { ...buildObjectRef(location), Body: MARKER_TEXT, ContentType: "text/plain; charset=utf-8" };
  await client.send(new s3.PutObjectCommand(object)).catch((error: unknown) => {
    throw unavailable("the store's marker could not be written", error);
  });
  return { marker, made: true };
}

/** When it was written, epoch ms; null where there is none. Not by HEAD, whose 404 does not tell a missing bucket. */
async function askForMarker({ s3, client }: OpenedS3, location: S3Location): Promise<number | null> {
  try {
    const { Body, LastModified } = await client.send(new s3.GetObjectCommand(buildObjectRef(location)));
    await Body?.transformToByteArray();
    return LastModified?.getTime() ?? Date.now();
  } catch (error) {
    if (getErrorName(error) === "NoSuchKey") return null;
    throw unavailable("the store's marker could not be read", error);
  }
}

/** A copy onto itself is a new object to rules that expire old ones, and fails where the marker is gone meanwhile. */
async function renew({ s3, client }: OpenedS3, location: S3Location): Promise<void> {
  const { Bucket, Key } = buildObjectRef(location);
  const copy = { Bucket, Key, CopySource: encodeURI(`${Bucket}/${Key}`), MetadataDirective: "REPLACE" as const };
  await client.send(new s3.CopyObjectCommand({ ...copy, ContentType: "text/plain; charset=utf-8" }));
}

function buildObjectRef(location: S3Location): { Bucket: string; Key: string } {
  return { Bucket: location.bucket, Key: keyBelow(location, MARKER) };
}

function describePlace(location: S3Location): string {
  return `s3://${location.bucket}/${keyBelow(location, MARKER)}`;
}
