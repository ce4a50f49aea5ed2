import { once } from "node:events";
import { get, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type { Grant } from "@inlet/ledger";
import { afterAll, beforeAll, expect, it } from "vitest";
import {
  HOSTILE,
  HOSTILE_EVENT,
  openSeededConsole,
  ORIGIN,
  WRITTEN_EVENT,
  type SeededConsole,
} from "../../testing/seeded-console.ts";

/** Live tail by its addresses: page, JSON and events. */
let seeded: SeededConsole;
let base: string;
let closed = false;
beforeAll(async () => {
  seeded = await openSeededConsole();
  await seeded.app.listen({ host: "127.0.0.1", port: 0 });
  base = `http://127.0.0.1:${(seeded.app.server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  if (!closed) await seeded.close();
});

/** Each by a connection of its own. */
async function listen(query: string, ...grants: Grant[]): Promise<IncomingMessage> {
  const known = grants.length === 0 ? {} : { authorization: `Bearer ${await seeded.createToken(...grants)}` };
  const request = get(`${base}/api/v1/tail?${query}`, {
    agent: false,
    headers: { ...known, accept: "text/event-stream" },
  });
  const [response] = (await once(request, "response")) as [IncomingMessage];
  return response.setEncoding("utf8");
}

/** What comes until `part` is there, or all. */
async function readUntil(response: IncomingMessage, part: string): Promise<string> {
  let text = "";
  for await (const chunk of response) {
    text += String(chunk);
    if (text.includes(part)) break;
  }
  return text;
}

it("events are for who may see the list, and of those emails alone", async () => {
  const ofGlobex = { role: "process", tenant: "globex" };
  for (const [query, status, grants] of [
    ["", 403, [ofGlobex]],
    ["tenant=acme", 403, [ofGlobex]],
    ["tenant=globex&state=sent", 400, [ofGlobex]],
    ["tenant=globex", 401, []],
  ] as const) {
    const refused = await listen(query, ...grants);
    expect([refused.statusCode, JSON.parse(await text(refused)).status]).toEqual([status, status]);
  }
  const stream = await listen("tenant=globex&after=0-evt_0", ofGlobex);
  expect(stream.headers).toMatchObject({
    "content-type": "text/event-stream",
    "x-accel-buffering": "no",
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
  });
  const said = await readUntil(stream, "event: rows");
  expect(said).toContain(WRITTEN_EVENT);
  expect(said).not.toContain(HOSTILE_EVENT);
  expect(said).not.toContain("m@globex");
});

it("the page shows the newest, and without script leads to itself", async () => {
  const cookie = `__Host-inlet=${await seeded.createSession("ada", { role: "process", tenant: "*" })}`;
  const { body } = await seeded.app.inject({ url: "/tail?tenant=acme", headers: { cookie } });
  expect(body).toContain(HOSTILE_EVENT);
  expect(body).not.toContain(HOSTILE);
  expect(body).toContain('href="/tail?tenant=acme"');
  expect(body).toContain('data-events="/api/v1/tail?tenant=acme"');
  const script = await seeded.app.inject({ url: "/tail.js", headers: { origin: ORIGIN } });
  expect(script.headers["content-type"]).toContain("text/javascript");
  // Nothing of an email is ever parsed as markup.
  expect(script.body).not.toMatch(
    /innerHTML|outerHTML|insertAdjacentHTML|document\.write|createContextualFragment|setHTML/,
  );
});

it("the console ends at once though someone looks on", async () => {
  const stream = await listen("tenant=acme&after=0-evt_0", { role: "process", tenant: "acme" });
  await once(stream, "readable");
  const rest = text(stream);
  closed = true;
  await seeded.close();
  expect(await rest).toContain(": open");
  expect(seeded.app.server.listening).toBe(false);
});
