import type { SettingsReading } from "@inlet/settings";
import { z } from "zod";
import { reference } from "../settings.ts";
import type { ObjectStorage } from "../settings.ts";

const s3 = z.strictObject({
  buckets: z
    .array(z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, "is not the name of an S3 bucket"))
    .min(1, "is empty, so that no email could be fetched")
    .meta({ description: "buckets that the receipt rule stores in; no other is read" }),
  region: z
    .string()
    .regex(/^[a-z]{2}(-[a-z]+)+-\d$/, "is not an AWS region")
    .meta({ description: "region of the buckets, such as eu-west-1" }),
  endpoint: z
    .url({ protocol: /^https?$/, error: "is not an http(s) URL" })
    .optional()
    .meta({ description: "address of another S3 server than Amazon's" }),
  accessKeyId: reference
    .optional()
    .meta({ description: "the tenant's own access key; without it the process's AWS credentials" }),
  secretAccessKey: reference.optional().meta({ description: "the secret that belongs to accessKeyId" }),
});

export const s3Field = s3
  .optional()
  .meta({ description: "where the receipt rule stores email that is too large for SNS" });

export function readObjectStorage(
  { buckets, region, endpoint, accessKeyId, secretAccessKey }: z.output<typeof s3>,
  { secrets }: SettingsReading,
): ObjectStorage {
  const key = accessKeyId === undefined ? undefined : secrets("s3.accessKeyId", [accessKeyId]);
  const secret = secretAccessKey === undefined ? undefined : secrets("s3.secretAccessKey", [secretAccessKey]);
  return {
    buckets,
    region,
    endpoint: endpoint ?? null,
    credentials: key === undefined || secret === undefined ? null : { accessKeyId: key, secretAccessKey: secret },
  };
}
