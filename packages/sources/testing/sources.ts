import { generateKeyPairSync } from "node:crypto";
import { readFileSync } from "node:fs";
import { resolveReference, secretList, type RawEnvironment } from "@inlet/settings";
import type { VerificationContext } from "../src/kind.ts";
import { readSource, sourceFile } from "../src/read-source.ts";
import type { SourceSettings } from "../src/settings.ts";

export const NOW = Date.UTC(2026, 0, 1);
export const CREDENTIAL = "provider:demo-not-secret-0001";
export const OLD_CREDENTIAL = "provider:demo-not-secret-0000";
/** Vector of Mailgun's scheme: see mailgun.test.ts. */
export const SIGNING_KEY = "mg-signing-key";
export const TOPIC = "arn:aws:sns:eu-west-1:123456789012:inbound-mail";

export const SENDGRID = generateKeyPairSync("ec", {
  namedCurve: "prime256v1",
  publicKeyEncoding: { type: "spki", format: "der" },
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
});

const demo = (file: string): string => readFileSync(new URL(`../../../config/demo/${file}`, import.meta.url), "utf8");

/** The demo's certificate, which is none of Amazon's. */
export const SNS = { certificate: demo("sns-certificate.pem"), privateKey: demo("sns-signing-key.pem") };

const WRITTEN: Readonly<Record<string, object>> = {
  postmark: { kind: "postmark", secrets: ["env:NEW", "env:OLD"] },
  mailgun: { kind: "mailgun", secrets: ["env:MAILGUN"] },
  "mailgun-basic": { kind: "mailgun", secrets: ["env:MAILGUN"], basicAuth: ["env:NEW"] },
  sendgrid: { kind: "sendgrid", publicKeys: [SENDGRID.publicKey.toString("base64")] },
  "sendgrid-basic": { kind: "sendgrid", basicAuth: ["env:NEW"] },
  ses: { kind: "ses", topicArns: [TOPIC] },
  "ses-sha1": { kind: "ses", topicArns: [TOPIC], signatureVersions: ["1", "2"], basicAuth: ["env:NEW"] },
  cloudmailin: { kind: "cloudmailin", secrets: ["env:NEW"] },
};

/** A source by its name above, as a tenant's file makes it. */
export function buildSource(name: string): SourceSettings {
  return toSource(WRITTEN[name] ?? {}, { NEW: CREDENTIAL, OLD: OLD_CREDENTIAL, MAILGUN: SIGNING_KEY });
}

/** A source as it is written in a file. Throws for one with faults. */
export function toSource(written: object, env: RawEnvironment): SourceSettings {
  const faults: string[] = [];
  const resolved = (field: string, reference: string): string | undefined => {
    const found = resolveReference(reference, env, ".");
    if (found.ok) return found.value;
    faults.push(`${field} ${found.problem}`);
    return undefined;
  };
  const source = readSource("it", sourceFile().parse(written), {
    allowFrom: undefined,
    resolved,
    secrets: (field, references, check) =>
      secretList(
        [references].flat().map((reference) => {
          const value = resolved(field, reference) ?? "";
          const wrong = check?.(value);
          if (wrong !== undefined) faults.push(`${field} ${wrong.problem}`);
          return value;
        }),
      ),
    fault: (field, problem) => void faults.push(`${field} ${problem}`),
  });
  if (faults.length > 0) throw new Error(faults.join(", "));
  return source;
}

/** A context with a memory of its own; SNS's certificate is the demo's, and what was fetched is kept. */
export function verificationContext(
  change: Partial<VerificationContext> = {},
): VerificationContext & { readonly fetched: string[] } {
  const tokens = new Map<string, string>();
  const fetched: string[] = [];
  return {
    now: NOW,
    bindToken: (token, key) => {
      const bound = tokens.get(token) ?? key;
      tokens.set(token, bound);
      return bound === key;
    },
    certificate: (url) => {
      fetched.push(url);
      return Promise.resolve(SNS.certificate);
    },
    ...change,
    fetched,
  };
}
