import { describe, expect, test } from "vitest";
import { encodeCloudmailin } from "./cloudmailin/encode.ts";
import { readForm } from "./form.ts";
import { encodeMailgun } from "./mailgun/encode.ts";
import type { EncodedRequest, Verified } from "./kind.ts";
import { encodePostmark } from "./postmark/encode.ts";
import { getSourceKind } from "./registry.ts";
import { encodeSendgrid } from "./sendgrid/encode.ts";
import { encodeSes, signSns } from "./ses/encode.ts";
import { POSTING } from "../testing/postings.ts";
import {
  CREDENTIAL,
  verificationContext,
  NOW,
  OLD_CREDENTIAL,
  SENDGRID,
  SIGNING_KEY,
  SNS,
  buildSource,
  TOPIC,
} from "../testing/sources.ts";
import { basicAuthorization } from "./write-form.ts";

type Request = EncodedRequest;

/** Both looks at a request, as the gateway takes them. */
async function look(
  kind: string,
  request: Request,
  source: string = kind,
  context = verificationContext(),
): Promise<Verified> {
  const { verification } = getSourceKind(kind);
  if (verification === null) throw new Error(`${kind} is not posted`);
  const why = verification.checkHeaders(request.headers, buildSource(source), context.now);
  if (why !== null) return { kind: "unverified", why };
  return verification.verify(request, buildSource(source), context);
}

const delivery = (deliveryId: string | null) => ({
  kind: "delivery",
  delivery: expect.objectContaining({ deliveryId }) as unknown,
});
const notVerified = (why: string) => ({ kind: "unverified", why });
const swap = ({ headers, body }: Request, from: string, to: string): Request => ({
  headers,
  body: Buffer.from(body.toString("latin1").replace(from, to), "latin1"),
});

describe("postmark", () => {
  test("trusts either credential of the URL, and names the delivery by MessageID", async () => {
    const opened = await look("postmark", await encodePostmark(POSTING, { credential: CREDENTIAL }));
    expect(opened).toEqual({
      kind: "delivery",
      delivery: {
        key: POSTING.deliveryId,
        deliveryId: POSTING.deliveryId,
        senderEventId: null,
        senderReceivedAt: null,
        envelope: null,
      },
    });
    expect(await look("postmark", await encodePostmark(POSTING, { credential: OLD_CREDENTIAL }))).toEqual(opened);
  });

  test.each([
    ["no credential", {}, "missing"],
    ["another credential", basicAuthorization("provider:wrong"), "mismatch"],
    ["another scheme", { authorization: "Bearer abc" }, "malformed"],
  ])("does not verify %s", async (_what, headers, why) => {
    expect(await look("postmark", { headers, body: Buffer.from("{}") })).toEqual(notVerified(why));
  });

  test("another event than received email is none; what cannot be read is still a delivery", async () => {
    const headers = basicAuthorization(CREDENTIAL);
    expect(
      await look("postmark", { headers, body: Buffer.from('{"RecordType":"Bounce","MessageID":"1"}') }),
    ).toMatchObject({ kind: "not_email" });
    expect(await look("postmark", { headers, body: Buffer.from("{") })).toMatchObject(delivery(null));
  });
});

describe("mailgun", () => {
  test("the published scheme's vector", async () => {
    const { body } = await encodeMailgun(POSTING, { signingKey: SIGNING_KEY, mime: false });
    const form = new URLSearchParams({
      timestamp: "1767225600",
      token: "0123456789abcdef0123456789abcdef0123456789abcdef01",
      signature: "298fa9aecc73ba1f47e14a971b6f21bec30af081d62e6a6ce1a9cdb066dadd8a",
    });
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    expect(body.length).toBeGreaterThan(0);
    expect(await look("mailgun", { headers, body: Buffer.from(form.toString()) })).toMatchObject(
      delivery("0123456789abcdef0123456789abcdef0123456789abcdef01"),
    );
  });

  test.each([true, false])("a repeated post is the same delivery (mime: %s)", async (mime) => {
    const context = verificationContext();
    const request = await encodeMailgun(POSTING, { signingKey: SIGNING_KEY, mime });
    const first = await look("mailgun", request, "mailgun", context);
    expect(first).toMatchObject({
      kind: "delivery",
      delivery: { senderEventId: null, senderReceivedAt: NOW, envelope: null },
    });
    expect(await look("mailgun", request, "mailgun", context)).toEqual(first);
    // Signed anew, as a retry may be: still the same email for the same recipient.
    const again = await encodeMailgun({ ...POSTING, deliveryId: "another" }, { signingKey: SIGNING_KEY, mime });
    expect(await look("mailgun", again, "mailgun", context)).toMatchObject({
      delivery: { key: (first as { delivery: { key: string } }).delivery.key },
    });
  });

  test("a token that came with one email does not count for another", async () => {
    const context = verificationContext();
    const request = await encodeMailgun(POSTING, { signingKey: SIGNING_KEY, mime: true });
    await look("mailgun", request, "mailgun", context);
    const swapped = swap(request, "<prices-1@northwind.example.com>", "<forged-1@northwind.example.com>");
    expect(await look("mailgun", swapped, "mailgun", context)).toEqual(notVerified("reused"));
  });

  test.each([
    ["the window", NOW - 9 * 3_600_000 - 1000, "stale"],
    ["our clock by more than 5 minutes", NOW + 301_000, "future"],
  ])("does not verify a timestamp beyond %s", async (_what, now, why) => {
    const request = await encodeMailgun({ ...POSTING, now }, { signingKey: SIGNING_KEY, mime: true });
    expect(await look("mailgun", request)).toEqual(notVerified(why));
  });

  test("a retry 8 hours later is trusted", async () => {
    const request = await encodeMailgun(
      { ...POSTING, now: NOW - 8 * 3_600_000 },
      { signingKey: SIGNING_KEY, mime: true },
    );
    expect(await look("mailgun", request)).toMatchObject({ kind: "delivery" });
  });

  test("a signature field given twice: the last counts", async () => {
    const request = await encodeMailgun(POSTING, { signingKey: SIGNING_KEY, mime: false });
    const form = (text: string): Request => ({
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: Buffer.from(text),
    });
    const plain = new URLSearchParams([...new URLSearchParams(await toUrlencoded(request))]).toString();
    expect(await look("mailgun", form(`signature=${"0".repeat(64)}&${plain}`))).toMatchObject({ kind: "delivery" });
    expect(await look("mailgun", form(`${plain}&signature=${"0".repeat(64)}`))).toEqual(notVerified("mismatch"));
  });

  test("where basic authentication is asked for, a valid signature is not enough", async () => {
    const request = await encodeMailgun(POSTING, { signingKey: SIGNING_KEY, mime: true });
    expect(await look("mailgun", request, "mailgun-basic")).toEqual(notVerified("missing"));
    const both = { ...request, headers: { ...request.headers, ...basicAuthorization(CREDENTIAL) } };
    expect(await look("mailgun", both, "mailgun-basic")).toMatchObject({ kind: "delivery" });
  });

  test("an event webhook is no email", async () => {
    const request = await encodeMailgun(POSTING, { signingKey: SIGNING_KEY, mime: false });
    const body = Buffer.from(`${await toUrlencoded(request)}&event-data=%7B%7D`);
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    expect(await look("mailgun", { headers, body })).toMatchObject({ kind: "not_email" });
  });
});

describe("sendgrid", () => {
  const credentials = { basic: null, privateKey: SENDGRID.privateKey };

  test.each([true, false])("trusts the security policy's signature over the raw bytes (raw: %s)", async (raw) => {
    const request = await encodeSendgrid(POSTING, { ...credentials, raw });
    expect(await look("sendgrid", request)).toMatchObject(delivery(null));
    expect(await look("sendgrid", swap(request, "ada@northwind", "eve@northwind"))).toEqual(notVerified("mismatch"));
  });

  test.each([
    [-301_000, "stale"],
    [301_000, "future"],
  ])("does not verify a timestamp %i ms off", async (off, why) => {
    expect(
      await look("sendgrid", await encodeSendgrid({ ...POSTING, now: NOW + off }, { ...credentials, raw: true })),
    ).toEqual(notVerified(why));
  });

  test("does not verify what is unsigned, or signed by another key", async () => {
    const { headers, body } = await encodeSendgrid(POSTING, { basic: null, privateKey: null, raw: true });
    expect(await look("sendgrid", { headers, body })).toEqual(notVerified("missing"));
    const signature = {
      "x-twilio-email-event-webhook-signature": "AAAA",
      "x-twilio-email-event-webhook-timestamp": String(NOW / 1000),
    };
    expect(await look("sendgrid", { headers: { ...headers, ...signature }, body })).toEqual(notVerified("mismatch"));
  });

  test("basic authentication alone suffices where the file says so", async () => {
    const request = await encodeSendgrid(POSTING, { basic: CREDENTIAL, privateKey: null, raw: false });
    expect(await look("sendgrid", request, "sendgrid-basic")).toMatchObject(delivery(null));
  });

  test("a retry has another boundary and is the same delivery; another recipient is another", async () => {
    const key = async (change: Partial<typeof POSTING>): Promise<string> => {
      const request = await encodeSendgrid(
        { ...POSTING, ...change },
        { basic: CREDENTIAL, privateKey: null, raw: false },
      );
      const opened = await look("sendgrid", request, "sendgrid-basic");
      return opened.kind === "delivery" ? opened.delivery.key : opened.kind;
    };
    expect(await key({ now: NOW + 60_000 })).toBe(await key({}));
    expect(await key({ envelope: { from: null, to: ["support@inlet.example"] } })).not.toBe(await key({}));
  });
});

describe("ses", () => {
  const setting = { topicArn: TOPIC, privateKey: SNS.privateKey };

  test("trusts SNS's signature, and names the delivery by SES's id", async () => {
    const context = verificationContext();
    expect(await look("ses", encodeSes(POSTING, setting), "ses", context)).toEqual({
      kind: "delivery",
      delivery: {
        key: [POSTING.deliveryId, ...POSTING.envelope.to].join("\0"),
        deliveryId: POSTING.deliveryId,
        senderEventId: null,
        senderReceivedAt: NOW,
        envelope: null,
      },
    });
    expect(context.fetched).toEqual(["https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-demo.pem"]);
  });

  test("does not verify an altered message, another topic, and SHA-1 unless it is allowed", async () => {
    expect(await look("ses", swap(encodeSes(POSTING, setting), "northwind", "southwind"))).toEqual(
      notVerified("mismatch"),
    );
    const foreign = encodeSes(POSTING, { ...setting, topicArn: "arn:aws:sns:eu-west-1:999999999999:attackers-own" });
    expect(await look("ses", foreign)).toEqual(notVerified("mismatch"));
    const sha1 = encodeSes(POSTING, { ...setting, signatureVersion: "1" });
    expect(await look("ses", sha1)).toEqual(notVerified("mismatch"));
    const challenged = { ...sha1, headers: { ...sha1.headers, ...basicAuthorization(CREDENTIAL) } };
    expect(await look("ses", challenged, "ses-sha1")).toMatchObject({ kind: "delivery" });
    expect(await look("ses", sha1, "ses-sha1")).toEqual(notVerified("missing"));
  });

  test.each([
    "https://evil.example/sns.eu-west-1.amazonaws.com.pem",
    "http://sns.eu-west-1.amazonaws.com/x.pem",
    "https://sns.eu-west-1.amazonaws.com.evil.example/x.pem",
    "https://user@sns.eu-west-1.amazonaws.com/x.pem",
    "https://sns.eu-west-1.amazonaws.com:8443/x.pem",
    "https://sns.eu-west-1.amazonaws.com/x.txt",
    "https://169.254.169.254/x.pem",
  ])("fetches no certificate from %s", async (url) => {
    const context = verificationContext();
    const request = swap(
      encodeSes(POSTING, setting),
      "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-demo.pem",
      url,
    );
    expect(await look("ses", request, "ses", context)).toEqual(notVerified("mismatch"));
    expect(context.fetched).toEqual([]);
  });

  test("a certificate that cannot be fetched leaves it undecided; one out of date counts for nothing", async () => {
    const away = verificationContext({ certificate: () => Promise.reject(new Error("away")) });
    expect(await look("ses", encodeSes(POSTING, setting), "ses", away)).toMatchObject({ kind: "undecided" });
    expect(
      await look("ses", encodeSes(POSTING, setting), "ses", verificationContext({ now: Date.UTC(2126, 0, 1) })),
    ).toEqual(notVerified("mismatch"));
  });

  test("raw delivery and headers that contradict the body are not verified", async () => {
    const request = encodeSes(POSTING, setting);
    const raw = { ...request, headers: { ...request.headers, "x-amz-sns-rawdelivery": "true" } };
    expect(await look("ses", raw)).toEqual(notVerified("missing"));
    const contradicts = {
      ...request,
      headers: { ...request.headers, "x-amz-sns-message-type": "SubscriptionConfirmation" },
    };
    expect(await look("ses", contradicts)).toEqual(notVerified("malformed"));
  });

  const confirmation = (SubscribeURL: string): Request =>
    signSns(
      {
        Type: "SubscriptionConfirmation",
        MessageId: "1",
        TopicArn: TOPIC,
        Message: "You have chosen …",
        Timestamp: "2026-01-01T00:00:00Z",
        Token: "t",
        SubscribeURL,
      },
      setting,
    );

  test("a signed confirmation is to be fetched, but only from SNS", async () => {
    const url = "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=t";
    expect(await look("ses", confirmation(url))).toEqual({ kind: "confirmation", url });
    expect(await look("ses", confirmation("http://169.254.169.254/latest/meta-data"))).toEqual(notVerified("mismatch"));
    expect(await look("ses", confirmation("https://10.0.0.1/?Action=ConfirmSubscription"))).toEqual(
      notVerified("mismatch"),
    );
  });

  const notification = (Message: string): Request =>
    signSns(
      { Type: "Notification", MessageId: "2", TopicArn: TOPIC, Message, Timestamp: "2026-01-01T00:00:00Z" },
      setting,
    );

  test("SES's notice is no email, nor is a bounce; what cannot be read is still a delivery", async () => {
    const notice = "Successfully validated SNS topic for Amazon SES event publishing.";
    expect(await look("ses", notification(notice))).toMatchObject({ kind: "notice" });
    expect(await look("ses", notification('{"notificationType":"Bounce"}'))).toMatchObject({ kind: "not_email" });
    expect(await look("ses", notification("{"))).toMatchObject(delivery("2"));
  });
});

describe("cloudmailin", () => {
  test.each(["json", "multipart", "raw"] as const)(
    "another try of the sending server is the same delivery (%s)",
    async (format) => {
      const key = async (mime: Buffer): Promise<string> => {
        const opened = await look(
          "cloudmailin",
          await encodeCloudmailin({ ...POSTING, mime }, { credential: CREDENTIAL, format }),
        );
        return opened.kind === "delivery" ? opened.delivery.key : opened.kind;
      };
      const again = Buffer.concat([
        Buffer.from("Received: from a by b; Thu, 1 Jan 2026 00:00:00 +0000\r\n"),
        POSTING.mime,
      ]);
      expect(await key(again)).toBe(await key(POSTING.mime));
      expect(await key(Buffer.from(POSTING.mime.toString().replace("bitte", "danke")))).not.toBe(
        await key(POSTING.mime),
      );
    },
  );

  test("a part without a name is no reason to fail", async () => {
    const request = await encodeCloudmailin(POSTING, { credential: CREDENTIAL, format: "raw" });
    expect(await look("cloudmailin", swap(request, 'name="message"', 'nome="message"'))).toMatchObject(delivery(null));
  });

  test("does not verify another credential", async () => {
    const request = await encodeCloudmailin(POSTING, { credential: "cloud:wrong-password-000", format: "raw" });
    expect(await look("cloudmailin", request)).toEqual(notVerified("mismatch"));
  });
});

/** A post of fields only, as Mailgun makes it where there are no files. */
async function toUrlencoded({ headers, body }: Request): Promise<string> {
  const form = await readForm(body, headers["content-type"] ?? "");
  const fields = (form?.parts ?? []).flatMap(({ name, bytes, filename }): [string, string][] =>
    filename === null ? [[name, bytes.toString("utf8")]] : [],
  );
  return new URLSearchParams(fields).toString();
}
