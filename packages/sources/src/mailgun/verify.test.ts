import { describe, expect, test } from "vitest";
import { readForm } from "../form.ts";
import { encodeMailgun } from "./encode.ts";
import { POSTING } from "../../testing/postings.ts";
import { CREDENTIAL, verificationContext, NOW, SIGNING_KEY } from "../../testing/sources.ts";
import { basicAuthorization } from "../write-form.ts";
import { type Request, look, delivery, notVerified, swap } from "../../testing/look.ts";

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

/** A post of fields only, as Mailgun makes it where there are no files. */
async function toUrlencoded({ headers, body }: Request): Promise<string> {
  const form = await readForm(body, headers["content-type"] ?? "");
  const fields = (form?.parts ?? []).flatMap(({ name, bytes, filename }): [string, string][] =>
    filename === null ? [[name, bytes.toString("utf8")]] : [],
  );
  return new URLSearchParams(fields).toString();
}
