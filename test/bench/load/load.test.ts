import { createHmac } from "node:crypto";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { generateLoad, percentile } from "./generate-load.ts";
import type { Load } from "./plan.ts";
import { runLoad } from "./run-load.ts";
import { signedRequests } from "./signed-requests.ts";

const secret = "secret-of-a-load";
const closing: (() => void)[] = [];
afterEach(() => closing.splice(0).forEach((close) => close()));

/** A server that keeps what it got and answers with `status`. */
async function receive(
  status: number,
): Promise<{ url: string; got: { headers: IncomingHttpHeaders; body: Buffer }[] }> {
  const got: { headers: IncomingHttpHeaders; body: Buffer }[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      got.push({ headers: request.headers, body: Buffer.concat(chunks) });
      response.writeHead(status).end("{}");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, got };
}

function planFor(url: string, load: Load) {
  return { url, source: "signed-json", secret, size: 2000, seconds: 0.2, load } as const;
}

test.each(["signed-json", "raw-mime"] as const)(
  "%s: each request is new, signed over its bytes and of the size asked for",
  (source) => {
    const next = signedRequests({ source, size: 3000, secret });
    const [one, two] = [next(), next()];
    for (const { body, headers } of [one, two]) {
      expect(body).toHaveLength(3000);
      const signed = createHmac("sha256", secret)
        .update(`${headers["x-webhook-timestamp"]}.`)
        .update(body)
        .digest("hex");
      expect(headers["x-webhook-signature"]).toBe(signed);
    }
    expect(one.body.equals(two.body)).toBe(false);
    if (source === "signed-json")
      expect(JSON.parse(one.body.toString())).toMatchObject({
        eventId: expect.stringMatching(/^bench-\d{18}$/),
        raw: expect.any(String),
      });
    else expect(one.body.toString()).toMatch(/^Message-ID: <bench-\d{18}@/m);
  },
);

test("an open load sends what is due, whatever is answered; refusals are counted apart", async () => {
  const { url, got } = await receive(503);
  const result = await generateLoad({ ...planFor(url, { kind: "open", perSecond: 100 }), seconds: 0.195 });
  expect(result).toMatchObject({ requests: 0, refused: { 503: 20 } });
  expect(got).toHaveLength(20);
});

test("a closed load in its own process answers rate and percentiles; one refused request fails it", async () => {
  const { url, got } = await receive(202);
  const { signal } = new AbortController();
  const result = await runLoad(planFor(url, { kind: "closed", connections: 2 }), signal);
  expect(result.requests).toBe(got.length);
  expect(result.requests).toBeGreaterThan(0);
  expect(result.p99Ms).toBeGreaterThanOrEqual(result.p50Ms);
  const refusing = await receive(429);
  await expect(runLoad(planFor(refusing.url, { kind: "closed", connections: 1 }), signal)).rejects.toThrow(
    /did not take every request: 429 × \d+ beside 202 × 0/,
  );
});

test("percentiles of sorted values; of none there is none", () => {
  const values = Array.from({ length: 200 }, (_, i) => i + 1);
  expect([percentile(values, 0.5), percentile(values, 0.99), percentile([7], 0.99)]).toEqual([100, 198, 7]);
  expect(percentile([], 0.5)).toBeNaN();
});
