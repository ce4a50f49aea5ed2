import { milliseconds, secretList, type SecretList } from "@inlet/settings";
import { createPublicKey, X509Certificate } from "node:crypto";
import type { SourceKind } from "@inlet/schemas";
import type { ProviderFields } from "../tenant-file/provider-fields.ts";
import type { SourceConfig } from "../types.ts";

/** Which kinds take which field: one in another kind's source has no effect, and whoever wrote it believes that it has. */
const TAKEN_BY: Readonly<Record<keyof ProviderFields, readonly SourceKind[]>> = {
  basicAuth: ["mailgun", "sendgrid", "ses"],
  publicKeys: ["sendgrid"],
  signatureWindow: ["mailgun"],
  topicArns: ["ses"],
  signatureVersions: ["ses"],
  certificate: ["ses"],
  s3: ["ses"],
};

/** Mailgun retries for 8 hours, and whether a retry is signed anew is not documented. */
const MAILGUN_WINDOW_MS = 9 * 3_600_000;

export interface FieldFault {
  readonly field: string;
  readonly problem: string;
  readonly remedy: string;
}

/** What is wrong with a source's provider fields as a whole. */
export function providerFaults(
  kind: SourceKind,
  source: ProviderFields & { readonly secrets?: unknown },
): FieldFault[] {
  const faults: FieldFault[] = (Object.keys(TAKEN_BY) as (keyof ProviderFields)[])
    .filter((field) => source[field] !== undefined && !TAKEN_BY[field].includes(kind))
    .map((field) => ({
      field,
      problem: `has no meaning for kind ${kind}`,
      remedy: `Remove it: only ${TAKEN_BY[field].join(", ")} ${TAKEN_BY[field].length === 1 ? "takes" : "take"} it`,
    }));
  if (kind === "sendgrid" && source.publicKeys === undefined && source.basicAuth === undefined) {
    faults.push({
      field: "publicKeys",
      problem: "is missing, and so is basicAuth: anybody could post",
      remedy: "Give the public key of SendGrid's security policy, or basicAuth, or both",
    });
  }
  if (kind === "ses" && source.topicArns === undefined) {
    faults.push({
      field: "topicArns",
      problem: "is missing",
      remedy: "List the ARNs of the SNS topics that may post here",
    });
  }
  const { accessKeyId, secretAccessKey } = source.s3 ?? {};
  if ((accessKeyId === undefined) !== (secretAccessKey === undefined)) {
    const field = accessKeyId === undefined ? "s3.accessKeyId" : "s3.secretAccessKey";
    faults.push({ field, problem: "is missing, though its other half is there", remedy: "Give both, or neither" });
  }
  return faults;
}

export interface Resolvers {
  /** Several secrets of one field, each fault said. */
  readonly secrets: (
    field: string,
    references: readonly string[],
    check?: (value: string) => Omit<FieldFault, "field"> | undefined,
  ) => SecretList;
  /** The text of one reference; undefined when there is a fault, which is said. */
  readonly resolved: (field: string, reference: string) => string | undefined;
  readonly fault: (field: string, problem: string, remedy: string) => void;
}

type ProviderSettings = Pick<SourceConfig, "basicAuth" | "publicKeys" | "signatureWindowMs" | "sns" | "s3">;

/** The provider fields as values. Fields are named relative to the source. */
export function providerSettings(source: ProviderFields, { secrets, resolved, fault }: Resolvers): ProviderSettings {
  const publicKeys = (source.publicKeys ?? []).map((key, index) => {
    const field = `publicKeys.${index}`;
    const text = /^(env|file):/.test(key) ? resolved(field, key) : key;
    if (text !== undefined && !isPublicKey(text)) {
      fault(
        field,
        "is not a public key (SPKI, DER in base64)",
        "Copy it from SendGrid's security policy, without PEM lines",
      );
    }
    return text ?? "";
  });
  const certificate = source.certificate === undefined ? undefined : resolved("certificate", source.certificate);
  if (certificate !== undefined && !isCertificate(certificate)) {
    fault("certificate", "is not an X.509 certificate in PEM", "Save what SigningCertURL of a notification shows");
  }
  const { s3 } = source;
  const key = s3?.accessKeyId === undefined ? undefined : secrets("s3.accessKeyId", [s3.accessKeyId]);
  const secret = s3?.secretAccessKey === undefined ? undefined : secrets("s3.secretAccessKey", [s3.secretAccessKey]);
  return {
    basicAuth: source.basicAuth === undefined ? secretList([]) : secrets("basicAuth", source.basicAuth, basicAuthFault),
    publicKeys,
    signatureWindowMs: source.signatureWindow === undefined ? MAILGUN_WINDOW_MS : milliseconds(source.signatureWindow),
    sns:
      source.topicArns === undefined
        ? null
        : {
            topicArns: source.topicArns,
            signatureVersions: source.signatureVersions ?? ["2"],
            certificate: certificate ?? null,
          },
    s3:
      s3 === undefined
        ? null
        : {
            buckets: s3.buckets,
            region: s3.region,
            endpoint: s3.endpoint ?? null,
            credentials:
              key === undefined || secret === undefined ? null : { accessKeyId: key, secretAccessKey: secret },
          },
  };
}

/** What is wrong with a `user:password`; undefined when it can be used. */
export function basicAuthFault(value: string): { problem: string; remedy: string } | undefined {
  const colon = value.indexOf(":");
  if (colon < 1) return { problem: "is not user:password", remedy: "Write both with a colon between them" };
  return value.length - colon - 1 >= 16
    ? undefined
    : { problem: "has a password shorter than 16 characters", remedy: "Make one with `openssl rand -hex 16`" };
}

function isPublicKey(text: string): boolean {
  try {
    return (
      createPublicKey({ key: Buffer.from(text, "base64"), format: "der", type: "spki" }).asymmetricKeyType === "ec"
    );
  } catch {
    return false;
  }
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).publicKey.asymmetricKeyType === "rsa";
  } catch {
    return false;
  }
}
