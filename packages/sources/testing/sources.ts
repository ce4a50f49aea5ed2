import { generateKeyPairSync } from "node:crypto";
import { readFileSync } from "node:fs";
import { readTenant } from "@inlet/config";
import type { SourceConfig } from "@inlet/config";
import type { DoorContext } from "../port.ts";

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

const demo = (file: string): string =>
  readFileSync(new URL(`../../../../config/demo/${file}`, import.meta.url), "utf8");

/** The demo's certificate, which is none of Amazon's. */
export const SNS = { certificate: demo("sns-certificate.pem"), privateKey: demo("sns-signing-key.pem") };

const TENANT = `
name: Acme
sources:
  postmark: { kind: postmark, secrets: ["env:NEW", "env:OLD"] }
  mailgun: { kind: mailgun, secrets: ["env:MAILGUN"] }
  mailgun-basic: { kind: mailgun, secrets: ["env:MAILGUN"], basicAuth: ["env:NEW"] }
  sendgrid: { kind: sendgrid, publicKeys: [${SENDGRID.publicKey.toString("base64")}] }
  sendgrid-basic: { kind: sendgrid, basicAuth: ["env:NEW"] }
  ses: { kind: ses, topicArns: ["${TOPIC}"] }
  ses-sha1: { kind: ses, topicArns: ["${TOPIC}"], signatureVersions: ["1", "2"], basicAuth: ["env:NEW"] }
  cloudmailin: { kind: cloudmailin, secrets: ["env:NEW"] }
mailboxes: { sales: { addresses: [sales@inlet.example] } }
crm: { kind: hubspot, token: "env:NEW" }
`;

/** A source as a tenant's file makes it. */
export function sourceOf(name: string): SourceConfig {
  const env = { NEW: CREDENTIAL, OLD: OLD_CREDENTIAL, MAILGUN: SIGNING_KEY };
  const { tenant, faults } = readTenant("acme", TENANT, { where: "acme.yaml", env, baseDir: "." });
  const source = tenant?.sources.get(name);
  if (source === undefined) throw new Error(`no source ${name}: ${JSON.stringify(faults)}`);
  return source;
}

/** A door's context with a memory of its own; SNS's certificate is the demo's, and what was fetched is kept. */
export function doorContext(change: Partial<DoorContext> = {}): DoorContext & { readonly fetched: string[] } {
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
