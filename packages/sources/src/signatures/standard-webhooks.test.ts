import { createHmac, generateKeyPairSync, sign } from "node:crypto";
import { Webhook } from "standardwebhooks";
import { describe, expect, test } from "vitest";
import { readStandardWebhooks } from "./standard-webhooks.ts";

const secret = "whsec_aW5sZXQtdGVzdC1zZWNyZXQtMDEyMzQ1Njc4OWFiY2RlZg==";
const body = Buffer.from('{"eventId":"evt-1","subject":"Hi"}');
const sentAt = 1_767_225_600_000;
const vector = "v1,cH2Ylqb6+dr5Xx43D7EDMtqetr03qrtTPtGGuHUR1Aw=";
const wrong = `v1,${Buffer.alloc(32).toString("base64")}`;

interface Parts {
  signature?: string;
  id?: string;
  timestamp?: string;
  spelling?: string;
  secrets?: string[];
  bytes?: Buffer;
  now?: number;
}

async function verdict({
  signature = vector,
  id = "msg_inlet_0001",
  timestamp = "1767225600",
  spelling = "webhook",
  secrets = [secret],
  bytes = body,
  now = sentAt,
}: Parts): Promise<string> {
  const headers = {
    [`${spelling}-id`]: id,
    [`${spelling}-timestamp`]: timestamp,
    [`${spelling}-signature`]: signature,
  };
  const read = readStandardWebhooks(headers, now);
  if (!read.ok) return read.fault;
  return (await read.verify(bytes, secrets)) ? "valid" : "mismatch";
}

describe("Standard Webhooks, symmetric", () => {
  test("takes our vector, under both spellings of the headers", async () => {
    expect(await verdict({})).toBe("valid");
    expect(await verdict({ spelling: "svix" })).toBe("valid");
  });

  test("takes what the reference library signs", async () => {
    const signature = new Webhook(secret).sign("msg_2", new Date(sentAt), body.toString());
    expect(await verdict({ id: "msg_2", signature })).toBe("valid");
  });

  test("bytes that are no UTF-8 are signed as they are", async () => {
    const bytes = Buffer.from([0x7b, 0xff, 0xfe, 0x00, 0x7d]);
    const key = Buffer.from(secret.slice(6), "base64");
    const digest = createHmac("sha256", key)
      .update(Buffer.concat([Buffer.from("msg_3.1767225600."), bytes]))
      .digest("base64");
    expect(await verdict({ id: "msg_3", signature: `v1,${digest}`, bytes })).toBe("valid");
  });

  test.each([
    ["an altered body", { bytes: Buffer.from(body.toString().replace("Hi", "Ho")) }],
    ["another id", { id: "msg_inlet_0002" }],
    ["another timestamp", { timestamp: "1767225601" }],
    ["another secret", { secrets: [`whsec_${Buffer.alloc(32, 1).toString("base64")}`] }],
    ["a wrong signature", { signature: wrong }],
  ])("refuses %s", async (_what, change) => {
    expect(await verdict(change)).toBe("mismatch");
  });

  test.each([
    ["one valid among others", `v2,abc ${wrong} ${vector}`, "valid"],
    ["only unknown versions", "v2,abc v3,def", "malformed"],
    ["sixteen", [...Array.from({ length: 15 }, () => wrong), vector].join(" "), "valid"],
    ["seventeen", [...Array.from({ length: 16 }, () => wrong), vector].join(" "), "malformed"],
    ["a digest without version", vector.slice(3), "malformed"],
  ])("a list of signatures with %s is %s", async (_what, signature, expected) => {
    expect(await verdict({ signature })).toBe(expected);
  });

  test("bytes cannot be moved between id, timestamp and body", async () => {
    const id = "msg.1767225600";
    const signature = new Webhook(secret).sign(id, new Date(sentAt), body.toString());
    expect(await verdict({ id, signature })).toBe("malformed");
    expect(await verdict({ timestamp: "1767225600.1" })).toBe("malformed");
  });

  test.each([
    [300_001, "stale"],
    [-300_001, "future"],
    [-299_000, "valid"],
  ])("%i ms after the timestamp it is %s", async (age, expected) => {
    expect(await verdict({ now: sentAt + age })).toBe(expected);
  });

  test("each missing header is missing", async () => {
    for (const part of ["id", "timestamp", "signature"] as const) expect(await verdict({ [part]: "" })).toBe("missing");
  });
});

describe("Standard Webhooks, ed25519", () => {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const raw = Buffer.from(publicKey.export({ format: "jwk" }).x as string, "base64url");
  const whpk = `whpk_${raw.toString("base64")}`;
  const signature = (bytes = body): string =>
    `v1a,${sign(null, Buffer.concat([Buffer.from("msg_inlet_0001.1767225600."), bytes]), privateKey).toString("base64")}`;

  test("takes what the private key signed", async () => {
    expect(await verdict({ signature: signature(), secrets: [whpk] })).toBe("valid");
  });

  test("takes it beside a symmetric secret, and after a wrong signature", async () => {
    const other = `v1a,${Buffer.alloc(64).toString("base64")}`;
    expect(await verdict({ signature: `${wrong} ${other} ${signature()}`, secrets: [secret, whpk] })).toBe("valid");
  });

  test("refuses an altered body, and a key that the tenant's file does not name", async () => {
    expect(await verdict({ signature: signature(Buffer.from("{}")), secrets: [whpk] })).toBe("mismatch");
    expect(await verdict({ signature: signature(), secrets: [`whpk_${Buffer.alloc(32, 3).toString("base64")}`] })).toBe(
      "mismatch",
    );
    expect(await verdict({ signature: signature(), secrets: [secret] })).toBe("mismatch");
  });

  test("a public key is no HMAC secret", async () => {
    const digest = createHmac("sha256", raw)
      .update(Buffer.concat([Buffer.from("msg_inlet_0001.1767225600."), body]))
      .digest("base64");
    expect(await verdict({ signature: `v1,${digest}`, secrets: [whpk] })).toBe("mismatch");
  });

  test("more than two of them are work, not rotation", async () => {
    expect(await verdict({ signature: Array.from({ length: 5 }, () => signature()).join(" "), secrets: [whpk] })).toBe(
      "malformed",
    );
  });
});
