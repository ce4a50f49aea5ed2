import { readFile } from "node:fs/promises";
import { RETRY_TABLE, type UsedAttempts } from "@inlet/domain";
import { encodeSes } from "@inlet/sources/testing";
import { expect, test } from "vitest";
import type { Delivery, ParserDeps } from "../intake/incoming-delivery.ts";
import type { Fetched } from "../fetch/fetch-attachment.ts";
import { parse } from "../workers/parse-worker.ts";
import { parseBody } from "./parse-body.ts";

const repository = new URL("../../../../", import.meta.url);
const mime = await readFile(new URL("test/emails/reply/plain-quoted-printable.eml", repository));
const STORAGE = { buckets: ["inbound-mail"], region: "eu-west-1", endpoint: null, credentials: null };
const stored = { bucket: "inbound-mail", key: "mail/o1" };
const { body } = encodeSes(
  {
    mime,
    envelope: { from: "bounce@northwind.example.com", to: ["sales@inlet.example"] },
    deliveryId: "o1",
    now: Date.UTC(2026, 0, 1),
  },
  {
    topicArn: "arn:aws:sns:eu-west-1:123456789012:inbound-mail",
    privateKey: await readFile(new URL("config/demo/sns-signing-key.pem", repository), "utf8"),
    stored,
  },
);

/** A notification that names an object in S3, which answers `fetched`; the worker's own code parses. */
async function parsedBody(
  fetched: Fetched,
  { attempts = {}, sources = ["ses"] }: { attempts?: UsedAttempts; sources?: string[] } = {},
) {
  const asked: unknown[] = [];
  const deps = {
    pool: { parse },
    failpoint: () => undefined,
    random: () => 0.5,
    fetchObject: async (...args: unknown[]) => {
      asked.push(args);
      return fetched;
    },
  } as unknown as ParserDeps;
  const delivery = {
    event: { eventId: "evt_1", source: { name: "ses", kind: "ses" }, contentType: "text/plain", connection: null },
    tenant: { sources: new Map(sources.map((name) => [name, { name, kind: "ses", s3: STORAGE }])) },
    attempts,
    starts: 1,
  } as unknown as Delivery;
  return { outcome: await parseBody(deps, delivery, body), asked };
}

test("an email that SES stored in S3 is fetched by its source, and SES's word on it counts", async () => {
  const { outcome, asked } = await parsedBody({ kind: "ok", bytes: mime });
  expect(asked).toEqual([[stored, STORAGE]]);
  expect(outcome).toMatchObject({
    kind: "ok",
    value: {
      email: {
        subject: "Re: Your offer for the large plan",
        envelope: { from: "bounce@northwind.example.com", to: ["sales@inlet.example"] },
        auth: { spf: "pass" },
        spamVerdict: "ham",
      },
    },
  });
});

test("what may pass waits as its attempts say; after the last the email is dead-lettered", async () => {
  const passing = { kind: "passing", code: "s3:SlowDown" } as const;
  expect((await parsedBody(passing)).outcome).toEqual({
    kind: "retry",
    code: "s3:SlowDown",
    attempt: "fetch",
    delayMs: RETRY_TABLE.fetch[0],
  });
  expect((await parsedBody(passing, { attempts: { fetch: RETRY_TABLE.fetch.length } })).outcome).toMatchObject({
    kind: "deadLetter",
    reason: "retries_exhausted",
  });
});

test("an object that is gone, or no email, is dead-lettered with its reason", async () => {
  expect((await parsedBody({ kind: "gone", code: "s3:NoSuchKey" })).outcome).toMatchObject({
    kind: "deadLetter",
    reason: "blob_missing",
    detail: "the stored email cannot be fetched (s3:NoSuchKey)",
  });
  expect((await parsedBody({ kind: "ok", bytes: Buffer.alloc(0) })).outcome).toMatchObject({
    kind: "deadLetter",
    reason: "unreadable_mime",
  });
});

test("where the tenant's file has no such source any more nothing is fetched", async () => {
  const { outcome, asked } = await parsedBody({ kind: "ok", bytes: mime }, { sources: [] });
  expect(outcome).toMatchObject({ kind: "deadLetter" });
  expect(asked).toEqual([]);
});
