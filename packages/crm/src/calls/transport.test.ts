import { createServer, type Server } from "node:http";
import { connect, type AddressInfo, type Socket } from "node:net";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { createTransport } from "./transport.ts";

/** L31: proxies that the environment names are used, and what goes wrong below HTTP has a name. */

const seen: string[] = [];
let crm: Server;
let proxy: Server;
const getPort = (server: Server): number => (server.address() as AddressInfo).port;
const listen = async (server: Server): Promise<void> =>
  new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve()));

beforeAll(async () => {
  crm = createServer((request, response) => {
    response.end(JSON.stringify({ host: request.headers.host, path: request.url }));
  });
  await listen(crm);
  proxy = createServer((request, response) => {
    seen.push(`${request.method} ${request.url}`);
    response.end(JSON.stringify({ by: "proxy" }));
  });
  proxy.on("connect", (request, socket: Socket) => {
    seen.push(`CONNECT ${request.url}`);
    if (request.url?.startsWith("refused.")) return socket.end("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
    const there = connect(getPort(crm), "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      there.pipe(socket).pipe(there);
    });
    there.on("error", () => socket.destroy());
    return socket.on("error", () => there.destroy());
  });
  await listen(proxy);
});
afterEach(() => {
  vi.unstubAllEnvs();
  seen.length = 0;
});
afterAll(() => {
  crm.close();
  proxy.close();
});

async function get(origin: string) {
  const transport = createTransport(origin, 1);
  const result = await transport.exchange({
    method: "GET",
    path: "/me",
    headers: {},
    deadline: performance.now() + 10_000,
  });
  await transport.close();
  return result;
}

function throughProxy(noProxy = ""): void {
  for (const name of ["HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"])
    vi.stubEnv(name, `http://127.0.0.1:${getPort(proxy)}`);
  vi.stubEnv("NO_PROXY", noProxy);
  vi.stubEnv("no_proxy", noProxy);
}

test("an address of the outside is asked for at the proxy, which finds it", async () => {
  throughProxy();
  expect(await get("http://crm.invalid")).toMatchObject({ kind: "answer", text: expect.stringContaining("proxy") });
  expect(seen).toEqual(["GET http://crm.invalid/me"]);
});

test("https goes through a tunnel; that no TLS answers there is told by its name, and nothing was sent", async () => {
  throughProxy();
  expect(await get("https://crm.invalid")).toEqual({
    kind: "failure",
    reason: "connect",
    sent: false,
    cause: expect.stringMatching(/^(ERR_SSL_|EPROTO|ECONNRESET|UND_ERR_)/),
  });
  expect(seen).toEqual(["CONNECT crm.invalid:443"]);
});

test("a proxy that refuses is a connection that never was", async () => {
  throughProxy();
  expect(await get("https://refused.invalid")).toMatchObject({ kind: "failure", reason: "connect", sent: false });
});

test("NO_PROXY and this machine are asked directly", async () => {
  throughProxy("crm.invalid");
  expect(await get("http://crm.invalid")).toMatchObject({
    kind: "failure",
    reason: "connect",
    cause: expect.stringMatching(/^E(NOTFOUND|AI_AGAIN)$/),
  });
  expect(await get(`http://127.0.0.1:${getPort(crm)}`)).toMatchObject({ kind: "answer", status: 200 });
  expect(seen).toEqual([]);
});

test.each([
  ["no one listens", "http://127.0.0.1:9", "ECONNREFUSED"],
  ["the name is of no one", "http://crm.invalid", /^E(NOTFOUND|AI_AGAIN)$/],
])("the cause has a name: %s", async (_, origin, cause) => {
  for (const name of ["HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"]) vi.stubEnv(name, "");
  const result = await get(origin);
  expect(result).toMatchObject({
    kind: "failure",
    reason: "connect",
    sent: false,
    cause: expect.stringMatching(cause),
  });
});
