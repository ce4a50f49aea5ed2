import { generateKeyPairSync } from "node:crypto";
import type { TenantConfig } from "@inlet/config";
import { buildTenant } from "../test-gateway.ts";

/** Whom strangers post to, by every kind of source that there is; and a neighbour, whose mail must not suffer from it. */
export function tenantsUnderAttack(): TenantConfig[] {
  return [buildTenant("attacked", ATTACKED), buildTenant("neighbour", NEIGHBOUR)];
}

export const TOPIC = "arn:aws:sns:eu-central-1:123456789012:inbound";
const SENDGRID_KEY = generateKeyPairSync("ec", {
  namedCurve: "prime256v1",
  publicKeyEncoding: { type: "spki", format: "der" },
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
}).publicKey.toString("base64");

const ATTACKED = `
name: Attacked
sources:
  json: { kind: signed-json, secrets: ["env:SECRET", "env:OLD_SECRET"] }
  webhooks: { kind: standard-webhooks, secrets: ["env:WHSEC"] }
  mime: { kind: raw-mime, secrets: ["env:SECRET"] }
  mailgun: { kind: mailgun, secrets: ["env:SECRET"] }
  sendgrid: { kind: sendgrid, publicKeys: ["${SENDGRID_KEY}"] }
  ses: { kind: ses, topicArns: ["${TOPIC}"] }
  postmark: { kind: postmark, secrets: ["env:PAIR"] }
  cloudmailin: { kind: cloudmailin, secrets: ["env:PAIR"] }
  mail: { kind: smtp }
mailboxes: { all: { addresses: [sales@attacked.example] } }
outbound: { secrets: ["env:SECRET"] }
crm: { kind: hubspot, token: "env:TOKEN" }
rateLimit: { perSecond: 1000, burst: 10000 }
`;
const NEIGHBOUR = `
name: Neighbour
sources:
  json: { kind: signed-json, secrets: ["env:SECRET"] }
  mail: { kind: smtp }
mailboxes: { all: { addresses: [sales@neighbour.example] } }
crm: { kind: hubspot, token: "env:TOKEN" }
rateLimit: { perSecond: 1000, burst: 10000 }
`;
