import { describe, expect, test } from "vitest";
import { encodeCloudmailin } from "./encode.ts";
import { POSTING } from "../../testing/postings.ts";
import { CREDENTIAL } from "../../testing/sources.ts";
import { look, delivery, notVerified, swap } from "../../testing/look.ts";

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
