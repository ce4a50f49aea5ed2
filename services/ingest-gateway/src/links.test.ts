import { linkUrl, signLink } from "@inlet/blob-links";
import { expect, test } from "vitest";
import { NOW, startTestGateway } from "../testing/test-gateway.ts";

const KEY = "key-0123456789-0123456789-0123456789";

test("the gateway serves signed links where it has keys, and does not log them", async () => {
  const { app, blobs, logs } = await startTestGateway({ linkKeys: [KEY] });
  const blob = await blobs.put("acme", NOW, Buffer.from("0123456789"));
  const token = signLink([KEY], { blob, filename: "a.txt", contentType: "text/plain" }, NOW + 1_000);
  const whole = await app.inject({ url: linkUrl("", token) });
  expect([whole.statusCode, whole.body]).toEqual([200, "0123456789"]);
  const part = await app.inject({ url: linkUrl("", token), headers: { range: "bytes=2-4" } });
  expect([part.statusCode, part.body]).toEqual([206, "234"]);
  expect((await app.inject({ url: linkUrl("", `${token}x`) })).statusCode).toBe(404);
  expect(logs.join("")).not.toContain(token.slice(0, 40));
  await app.close();
});

test("without a key there are no links", async () => {
  const { app } = await startTestGateway();
  expect((await app.inject({ url: "/d/x.y" })).statusCode).toBe(404);
  await app.close();
});
