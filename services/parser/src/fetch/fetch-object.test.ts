import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { secretList } from "@inlet/config";
import type { ObjectStorage } from "@inlet/sources";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createObjectFetch } from "./fetch-object.ts";

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** Speaks as much of S3 as a GetObject needs, so that its errors can be had at will. */
let server: Server;
let answer: Handler;
let asked: IncomingMessage[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(request);
    answer(request, response);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  asked = [];
});

function storage(): ObjectStorage {
  return {
    buckets: ["inbound-mail"],
    region: "eu-west-1",
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    credentials: { accessKeyId: secretList(["TENANTS-OWN-KEY"]), secretAccessKey: secretList(["its-secret"]) },
  };
}

const fetchFrom = async (bucket: string): ReturnType<ReturnType<typeof createObjectFetch>> =>
  createObjectFetch()({ bucket, key: "mail/o1" }, storage());

const refusal = (status: number, code: string): Handler => {
  return (_request, response) =>
    response
      .writeHead(status, { "content-type": "application/xml" })
      .end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>no</Message></Error>`);
};

test("an object of a listed bucket is read with the source's own credentials", async () => {
  answer = (_request, response) => response.end("Subject: hi\r\n\r\nhello");
  expect(await fetchFrom("inbound-mail")).toEqual({ kind: "ok", bytes: Buffer.from("Subject: hi\r\n\r\nhello") });
  expect(asked.map(({ url }) => url?.split("?")[0])).toEqual(["/inbound-mail/mail/o1"]);
  expect(asked[0]?.headers.authorization).toMatch(/Credential=TENANTS-OWN-KEY\/\d+\/eu-west-1\/s3\//);
});

test("another bucket is never asked for, whatever a post says; nor any by a source without S3", async () => {
  answer = (_request, response) => response.end("of another tenant");
  expect(await fetchFrom("payroll")).toEqual({ kind: "gone", code: "s3:bucket_not_listed" });
  const object = { bucket: "inbound-mail", key: "mail/o1" };
  expect(await createObjectFetch()(object, null)).toEqual({ kind: "gone", code: "s3:bucket_not_listed" });
  expect(asked).toEqual([]);
});

test.each([
  [404, "NoSuchKey", "gone"],
  [403, "AccessDenied", "passing"],
  [503, "SlowDown", "passing"],
])("%i %s is %s", async (status, code, kind) => {
  answer = refusal(status, code);
  expect(await fetchFrom("inbound-mail")).toEqual({ kind, code: `s3:${code}` });
});

test("an object that is too large is left, even where its length is not told", async () => {
  const chunk = Buffer.alloc(1024 * 1024);
  answer = (_request, response) => {
    const write = (): void => {
      while (!response.destroyed && response.write(chunk));
    };
    response.on("drain", write);
    response.on("error", () => undefined);
    write();
  };
  expect(await fetchFrom("inbound-mail")).toEqual({ kind: "gone", code: "s3:too_large" });
});

test("a connection that breaks in the middle may work later", async () => {
  answer = (_request, response) => {
    response.writeHead(200, { "content-length": "1000" });
    response.write("half", () => response.destroy());
  };
  expect(await fetchFrom("inbound-mail")).toMatchObject({ kind: "passing" });
});
