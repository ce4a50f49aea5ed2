import { readFileSync } from "node:fs";
import { readTenant } from "@inlet/config";
import { mimeContent } from "@inlet/domain";
import { formerEmailKey, identify, parseMime, type EmailContent } from "@inlet/email";
import type { Ledger } from "@inlet/ledger";
import { deliveryKey, getSourceKind, type EncodedRequest, type SourceSettings } from "@inlet/sources";
import {
  encodeCloudmailin,
  encodeMailgun,
  encodePostmark,
  encodeSendgrid,
  encodeSes,
  type Posting,
} from "@inlet/sources/testing";
import { buildEventId } from "@inlet/schemas";

/** One delivery as a line of the table names it. */
export interface Given {
  /** Where it comes in; default `smtp`. Two of one name are one source. */
  readonly by?: Way;
  readonly mime: string;
  /** Envelope recipients; default one. */
  readonly to?: readonly string[];
  /** The id of a provider, or of a sender of signed JSON. Default: a new one. */
  readonly id?: string;
}

export type Way = "smtp" | "raw-mime" | "signed-json" | keyof typeof POSTS;

const NOW = Date.UTC(2026, 0, 1);
const credential = "provider:demo-not-secret-0001";
const topicArn = "arn:aws:sns:eu-west-1:123456789012:inbound-mail";
const demo = (file: string): string => readFileSync(new URL(`../../config/demo/${file}`, import.meta.url), "utf8");
const privateKey = demo("sns-signing-key.pem");

const POSTS = {
  postmark: async (posting: Posting) => encodePostmark(posting, { credential }),
  mailgun: async (posting: Posting) => encodeMailgun(posting, { signingKey: credential, mime: false }),
  "mailgun-mime": async (posting: Posting) => encodeMailgun(posting, { signingKey: credential, mime: true }),
  sendgrid: async (posting: Posting) => encodeSendgrid(posting, { basic: credential, privateKey: null, raw: false }),
  "sendgrid-raw": async (posting: Posting) =>
    encodeSendgrid(posting, { basic: credential, privateKey: null, raw: true }),
  ses: async (posting: Posting) => encodeSes(posting, { topicArn, privateKey }),
  cloudmailin: async (posting: Posting) => encodeCloudmailin(posting, { credential, format: "json" }),
  "cloudmailin-raw": async (posting: Posting) => encodeCloudmailin(posting, { credential, format: "raw" }),
} satisfies Record<string, (posting: Posting) => Promise<EncodedRequest>>;

const SOURCES = readTenant(
  "acme",
  `
name: Acme
sources:
  postmark: { kind: postmark, secrets: ["env:SECRET"] }
  mailgun: { kind: mailgun, secrets: ["env:SECRET"] }
  sendgrid: { kind: sendgrid, basicAuth: ["env:SECRET"] }
  ses: { kind: ses, topicArns: ["${topicArn}"] }
  cloudmailin: { kind: cloudmailin, secrets: ["env:SECRET"] }
mailboxes: { sales: { addresses: [sales@inlet.example] } }
crm: { kind: hubspot, token: "env:SECRET" }
`,
  { where: "acme.yaml", env: { SECRET: credential }, baseDir: "." },
).tenant?.sources;

let made = 0;
/** Of givens that name no id: each its own, and the same when it is taken in again. */
const ids = new WeakMap<Given, string>();

/** A delivery with its ids, as gateway, parser and ledger give them. */
export interface Named {
  readonly eventId: string;
  readonly emailKey: string;
}

/** Takes a delivery in as any instance of the gateway would (nothing is remembered between two), reads it, and has the ledger name it. */
export async function nameDelivery(ledger: Ledger, tenant: string, given: Given): Promise<Named> {
  const { source, key, email } = await (isPost(given.by) ? posted(given, given.by) : direct(given));
  const eventId = buildEventId(tenant, source, key);
  const arrival = {
    tenant,
    eventId,
    lane: "shared",
    source,
    sourceKind: source,
    sourceDeliveryId: null,
    sourceEventId: null,
  };
  const place = {
    topic: "raw-events",
    partition: 0,
    offset: BigInt((made += 1)),
    pass: 0,
    receivedAt: NOW,
    traceId: null,
  };
  await ledger.deliveries.accept([{ ...arrival, ...place }], NOW);
  const { emailKey } = identify(tenant, email);
  const formerKey = formerEmailKey(tenant, email);
  const { contentHash } = email;
  return {
    eventId,
    emailKey: await ledger.deliveries.nameEmail({ tenant, eventId, source, emailKey, formerKey, contentHash }),
  };
}

interface Taken {
  readonly source: string;
  readonly key: string;
  readonly email: EmailContent;
}

/** The kinds of Inlet's own. */
async function direct({ by = "smtp", mime, to = ["sales@inlet.example"], id }: Given): Promise<Taken> {
  const parsed = await parseMime(Buffer.from(mime));
  if (!parsed.ok) throw new Error(parsed.fault.message);
  return { source: by, key: id ?? deliveryKey(mimeContent(Buffer.from(mime)), to), email: parsed.email };
}

async function posted(given: Given, by: keyof typeof POSTS): Promise<Taken> {
  const { mime, to = ["sales@inlet.example"] } = given;
  const kind = by.split("-")[0] ?? "";
  if (!ids.has(given)) ids.set(given, given.id ?? `id-${(made += 1)}`);
  const deliveryId = ids.get(given) as string;
  const envelope = { from: "ada@client.example", to };
  const { headers, body } = await POSTS[by]({ mime: Buffer.from(mime), envelope, deliveryId, now: NOW });
  const source = SOURCES?.get(kind) as SourceSettings;
  const sourceKind = getSourceKind(kind);
  const verified = await sourceKind.verification?.verify({ headers, body }, source, {
    now: NOW,
    bindToken: () => true,
    certificate: async () => demo("sns-certificate.pem"),
  });
  if (verified?.kind !== "delivery") throw new Error(`${by}: ${JSON.stringify(verified)}`);
  const parsed = await sourceKind.parse(body, headers["content-type"] ?? "");
  if (parsed.kind !== "email") throw new Error(`${by}: ${JSON.stringify(parsed)}`);
  return { source: kind, key: verified.delivery.key, email: parsed.email };
}

function isPost(by: Way | undefined): by is keyof typeof POSTS {
  return by !== undefined && by in POSTS;
}
