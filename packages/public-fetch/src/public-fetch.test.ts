import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, it, test } from "vitest";
import { createPublicFetch, type PublicFetchOptions } from "./public-fetch.ts";

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

let server: Server;
let base: string;
let answer: Handler;
let asked: IncomingMessage[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(request);
    answer(request, response);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  asked = [];
  answer = (_, response) => response.end("secret of the inside");
});

const OPTIONS = { protocols: ["https:", "http:"], maxBytes: 1_000, timeoutMs: 15_000, redirects: 3 } as const;
/** Takes the test's own server for a public one, and nothing else. */
const nearby = (change: Partial<PublicFetchOptions> = {}) =>
  createPublicFetch({ ...OPTIONS, isAllowed: (address) => address === "127.0.0.1", ...change });

describe("what is not public is not asked", () => {
  it.each([
    ["loopback", "http://127.0.0.1/"],
    ["loopback in one number", "http://2130706433/"],
    ["loopback in hex and short", "http://0x7f.1/"],
    ["loopback in octal", "http://0177.0.0.1/"],
    ["loopback with credentials before it", "http://public.example@127.0.0.1/"],
    ["loopback of IPv6", "http://[::1]/"],
    ["loopback mapped into IPv6", "http://[::ffff:127.0.0.1]/"],
    ["loopback through NAT64", "http://[64:ff9b::7f00:1]/"],
    ["this host", "http://0.0.0.0/"],
    ["a cloud's metadata", "http://169.254.169.254/latest/meta-data/"],
    ["link-local of IPv6", "http://[fe80::1]/"],
    ["a private network", "http://10.0.0.1/"],
    ["another", "http://192.168.1.1/"],
    ["a carrier's network", "http://100.64.0.1/"],
    ["a unique local address", "http://[fd00::1]/"],
  ])("%s: %s", async (_, url) => {
    expect(await createPublicFetch(OPTIONS)(url)).toEqual({ kind: "refused", why: "not_public" });
  });

  it.each([
    ["a name of loopback", [{ address: "127.0.0.1", family: 4 }]],
    [
      "a name of a public address and a private one",
      [
        { address: "93.184.216.34", family: 4 },
        { address: "10.1.2.3", family: 4 },
      ],
    ],
    ["a name of a metadata service", [{ address: "169.254.169.254", family: 4 }]],
    ["a name of nothing", []],
  ])("%s", async (_, addresses) => {
    const fetchPublic = createPublicFetch({ ...OPTIONS, resolve: (_host, callback) => callback(null, addresses) });
    expect(await fetchPublic("http://images.example/a.png")).toEqual({ kind: "refused", why: "not_public" });
  });

  it.each([
    ["loopback of IPv6", "http://[::1]/"],
    ["a metadata service", "http://169.254.169.254/latest/"],
    ["loopback in one number, another one", "http://2130706434/"],
    ["a name that is one", "http://inside.example/"],
  ])("a redirect to %s", async (_, location) => {
    answer = (_request, response) => response.writeHead(302, { location }).end();
    const fetchPublic = nearby({ resolve: (_host, callback) => callback(null, [{ address: "10.0.0.1", family: 4 }]) });
    expect(await fetchPublic(base)).toEqual({ kind: "refused", why: "not_public" });
    expect(asked).toHaveLength(1);
  });

  it.each(["file:///etc/passwd", "ftp://files.example/", "gopher://x.example/", "data:image/png;base64,AA", "", "//x"])(
    "%s",
    async (url) => {
      expect(await nearby()(url)).toEqual({ kind: "refused", why: "protocol" });
    },
  );

  it("a redirect to another protocol, and http where https alone will do", async () => {
    answer = (_request, response) => response.writeHead(301, { location: "file:///etc/passwd" }).end();
    expect(await nearby()(base)).toEqual({ kind: "refused", why: "protocol" });
    expect(await nearby({ protocols: ["https:"] })(base)).toEqual({ kind: "refused", why: "protocol" });
  });
});

describe("what is asked", () => {
  test("tells nothing of who asks: no cookie, no referrer, no credentials of the address", async () => {
    answer = (_request, response) => response.writeHead(200, { "content-type": "image/png" }).end("bytes");
    const url = `${base.replace("//", "//user:password@")}/a.png?u=1#part`;
    expect(await nearby({ headers: { accept: "image/*" } })(url)).toEqual({
      kind: "ok",
      bytes: Buffer.from("bytes"),
      contentType: "image/png",
    });
    expect(asked[0]?.url).toBe("/a.png?u=1");
    expect(Object.keys(asked[0]?.headers ?? {}).toSorted()).toEqual([
      "accept",
      "accept-encoding",
      "connection",
      "host",
    ]);
  });

  test("is followed so often, and no more", async () => {
    answer = ({ url = "/" }, response) => {
      const left = Number(url.slice(1));
      if (left === 0) response.end("there");
      else response.writeHead(307, { location: `/${left - 1}` }).end();
    };
    expect(await nearby()(`${base}/3`)).toMatchObject({ kind: "ok", bytes: Buffer.from("there") });
    expect(await nearby()(`${base}/4`)).toEqual({ kind: "refused", why: "too_many_redirects" });
    expect(await nearby({ redirects: 0 })(`${base}/1`)).toEqual({ kind: "status", status: 307 });
  });

  test("is left when it is too large, even where its length is not told", async () => {
    answer = (_request, response) => {
      const write = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(1_024)));
      };
      response.on("drain", write);
      response.on("error", () => undefined);
      write();
    };
    expect(await nearby()(base)).toEqual({ kind: "refused", why: "too_large" });
  });

  test("another status is told, and so is no answer", async () => {
    answer = (_request, response) => response.writeHead(404).end("no");
    expect(await nearby()(base)).toEqual({ kind: "status", status: 404 });
    answer = (request) => request.socket.destroy();
    expect(await nearby()(base)).toMatchObject({ kind: "away" });
  });

  test("what lasts too long is given up", async () => {
    answer = () => undefined;
    expect(await nearby({ timeoutMs: 50 })(base)).toMatchObject({ kind: "away" });
  });
});
