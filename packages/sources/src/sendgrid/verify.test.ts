import { describe, expect, test } from "vitest";
import { encodeSendgrid } from "./encode.ts";
import { POSTING } from "../../testing/postings.ts";
import { CREDENTIAL, NOW, SENDGRID } from "../../testing/sources.ts";
import { look, delivery, notVerified, swap } from "../../testing/look.ts";

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
