import { X509Certificate } from "node:crypto";
import { z } from "zod";
import { basicAuthField } from "../settings.ts";
import type { FieldFault, KindSettings, ObjectStorage, SourceFile, SourceSettings } from "../settings.ts";
import { readObjectStorage, s3Field } from "./s3-settings.ts";

export interface SesSettings extends SourceSettings {
  readonly topicArns: readonly string[];
  readonly signatureVersions: readonly string[];
  /** PEM of the only certificate that counts; null: SNS's own, fetched. */
  readonly certificate: string | null;
  /** Where the receipt rule stores email in S3. */
  readonly s3: ObjectStorage | null;
}

const fields = {
  basicAuth: basicAuthField,
  topicArns: z
    .array(
      z
        .string()
        .regex(/^arn:aws(-[a-z]+)*:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_.-]{1,256}$/, "is not the ARN of an SNS topic"),
    )
    .min(1, "is empty, so that every request would be refused")
    .optional()
    .meta({ description: "SNS topics that may post here: any topic has a valid signature" }),
  signatureVersions: z
    .array(z.enum(["1", "2"], { error: 'is neither "1" nor "2"' }))
    .min(1, "is empty, so that every request would be refused")
    .optional()
    .meta({
      description: 'SNS signature versions: "2" (SHA-256, the default here); "1" (SHA-1) is SNS\'s own default',
    }),
  certificate: z
    .string()
    .regex(/^file:.+$/s, "is not file:PATH")
    .optional()
    .meta({
      description:
        "file:PATH of SNS's certificate (PEM), where it cannot be fetched: networks without a way out, tests",
    }),
  s3: s3Field,
};

type SesFile = SourceFile & Omit<z.output<z.ZodObject<typeof fields>>, "basicAuth">;

export const settings: KindSettings<SesSettings> = {
  fields,
  secrets: { instead: "topicArns says which topics may post; basicAuth may ask for a user:password besides" },
  faults: findFaults,
  read: ({ topicArns, signatureVersions, certificate, s3 }: SesFile, reading) => {
    const pem = certificate === undefined ? undefined : reading.resolved("certificate", certificate);
    if (pem !== undefined && !isCertificate(pem)) {
      reading.fault(
        "certificate",
        "is not an X.509 certificate in PEM",
        "Save what SigningCertURL of a notification shows",
      );
    }
    return {
      topicArns: topicArns ?? [],
      signatureVersions: signatureVersions ?? ["2"],
      certificate: pem ?? null,
      s3: s3 === undefined ? null : readObjectStorage(s3, reading),
    };
  },
};

function findFaults({ topicArns, s3 }: SesFile): FieldFault[] {
  const faults: FieldFault[] = [];
  if (topicArns === undefined) {
    faults.push({
      field: "topicArns",
      problem: "is missing",
      remedy: "List the ARNs of the SNS topics that may post here",
    });
  }
  const { accessKeyId, secretAccessKey } = s3 ?? {};
  if ((accessKeyId === undefined) !== (secretAccessKey === undefined)) {
    const field = accessKeyId === undefined ? "s3.accessKeyId" : "s3.secretAccessKey";
    faults.push({ field, problem: "is missing, though its other half is there", remedy: "Give both, or neither" });
  }
  return faults;
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).publicKey.asymmetricKeyType === "rsa";
  } catch {
    return false;
  }
}
