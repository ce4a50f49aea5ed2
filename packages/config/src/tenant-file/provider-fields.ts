import { SECRET_REFERENCE } from "@inlet/settings";
import { z } from "zod";

/** What a source of an email provider may say besides its kind and secrets. `provider-settings.ts` says which kind takes which. */

const reference = z
  .string()
  .regex(SECRET_REFERENCE, "is a literal value: secrets are never written into a tenant file")
  .meta({ description: "env:NAME (an environment variable) or file:PATH (a file that holds the value)" });

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

export const providerFields = {
  basicAuth: z
    .array(reference)
    .min(1, "is empty, so that every request would be refused")
    .max(8, "has more than 8 entries")
    .optional()
    .meta({
      description:
        "user:password pairs, one of which the URL that the provider posts to must carry (kinds mailgun, sendgrid, ses)",
    }),
  publicKeys: z
    .array(z.union([reference, z.string().regex(/^[A-Za-z0-9+/]{40,400}={0,2}$/, "is not a public key in base64")]))
    .min(1, "is empty, so that every request would be refused")
    .max(8, "has more than 8 entries")
    .optional()
    .meta({
      description: "public keys of the security policy, as SendGrid shows them (base64), or references (kind sendgrid)",
    }),
  signatureWindow: z
    .string()
    .regex(/^[1-9]\d{0,8}(ms|s|m|h|d)$/, "is not a duration")
    .optional()
    .meta({
      description:
        "oldest signature that is taken, such as 9h: Mailgun may repeat one over its 8 hours of retries, so a shorter window can refuse email (kind mailgun)",
    }),
  topicArns: z
    .array(
      z
        .string()
        .regex(/^arn:aws(-[a-z]+)*:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_.-]{1,256}$/, "is not the ARN of an SNS topic"),
    )
    .min(1, "is empty, so that every request would be refused")
    .optional()
    .meta({ description: "SNS topics that may post here: any topic has a valid signature (kind ses)" }),
  signatureVersions: z
    .array(z.enum(["1", "2"], { error: 'is neither "1" nor "2"' }))
    .min(1, "is empty, so that every request would be refused")
    .optional()
    .meta({
      description:
        'SNS signature versions: "2" (SHA-256, the default here); "1" (SHA-1) is SNS\'s own default (kind ses)',
    }),
  certificate: z
    .string()
    .regex(/^file:.+$/s, "is not file:PATH")
    .optional()
    .meta({
      description:
        "file:PATH of SNS's certificate (PEM), where it cannot be fetched: networks without a way out, tests (kind ses)",
    }),
  s3: s3.optional().meta({ description: "where the receipt rule stores email that is too large for SNS (kind ses)" }),
};

export type ProviderFields = z.output<z.ZodObject<typeof providerFields>>;
