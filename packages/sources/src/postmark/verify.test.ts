import { describe, expect, test } from "vitest";
import { encodePostmark } from "./encode.ts";
import { POSTING } from "../../testing/postings.ts";
import { CREDENTIAL, OLD_CREDENTIAL } from "../../testing/sources.ts";
import { basicAuthorization } from "../write-form.ts";
import { look, delivery, notVerified } from "../../testing/look.ts";

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
