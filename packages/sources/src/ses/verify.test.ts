import { describe, expect, test } from "vitest";
import { encodeSes, signSns } from "./encode.ts";
import { POSTING } from "../../testing/postings.ts";
import { CREDENTIAL, verificationContext, NOW, SNS, TOPIC } from "../../testing/sources.ts";
import { basicAuthorization } from "../write-form.ts";
import { type Request, look, delivery, notVerified, swap } from "../../testing/look.ts";

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
