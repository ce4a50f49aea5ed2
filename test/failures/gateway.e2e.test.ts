import { setTimeout as sleep } from "node:timers/promises";
import { duplicatesIn } from "@inlet/crm-sandbox";
import { headerText } from "@inlet/kafka";
import { HEADER, topicIn } from "@inlet/schemas";
import { afterAll, beforeAll, expect, it } from "vitest";
import { eventually, runInlet, type RunningInlet, type Service } from "../running/running-inlet.ts";

/** IN7, IN8, IN10 on the running system: what got 202 is in Kafka, whatever ends in between; what did not is sent again by its sender. */
let inlet: RunningInlet;
let gateway: Service;
/** Event ids that were answered with 202. */
const accepted = new Set<string>();

beforeAll(async () => {
  inlet = await runInlet();
  gateway = await inlet.start("ingest-gateway");
}, 300_000);
afterAll(async () => inlet?.close());

it("Kafka away: 503 with Retry-After; Kafka back: the same process takes email again, and what it took is on the topic", async () => {
  for (const { status } of await sendAll(gateway, ids("before", 20))) expect(status).toBe(202);
  await kafka().stop();
  const refused = ids("away", 5);
  for (const answer of await sendAll(gateway, refused)) {
    expect(answer).toMatchObject({ status: 503, code: "storage_unavailable" });
    expect(answer.retryAfter).toBeGreaterThan(0);
  }
  await kafka().start();
  await eventually(
    "email to be taken again",
    async () => ((await send(gateway, "back")).status === 202 ? true : null),
    60_000,
  );
  for (const { status } of await sendAll(gateway, refused)) expect(status).toBe(202);
  await expectAcceptedOnTopic();
}, 120_000);

it("the broker restarts under load: nothing but 202 and 503, everything that got 202 is on the topic, and it goes on", async () => {
  const load = underLoad(gateway, "restart");
  await load.took(50);
  await kafka().stop();
  await kafka().start();
  await load.took(50);
  const answers = await load.end();
  // A broker that is back within the gateway's deadline costs no one a 503; that it is 503 while Kafka is away, the test above says.
  expect(answers.filter((answer) => answer !== 202 && answer !== 503)).toEqual([]);
  await expectAcceptedOnTopic();
}, 120_000);

it("kill -9 of the gateway under load: everything that got 202 is on the topic", async () => {
  const load = underLoad(gateway, "killed");
  await load.took(100);
  await gateway.kill();
  await load.wentUnanswered();
  expect((await load.end()).filter((answer) => answer !== 202 && answer !== "no answer")).toEqual([]);
  await expectAcceptedOnTopic();
}, 60_000);

it("the same deliveries through two gateways have the same ids, and each is one email in the CRM; every email is accounted for", async () => {
  const gateways = await Promise.all([inlet.start("ingest-gateway"), inlet.start("ingest-gateway")]);
  const before = accepted.size;
  const twins = ids("twin", 20);
  for (const each of gateways)
    for (const answer of await sendAll(each, twins)) expect(answer).toMatchObject({ status: 202, duplicate: false });
  expect(accepted.size).toBe(before + twins.length);

  // Written without an answer counts too: the sender was not told, and would send it again.
  const events = new Set(await onTopic());
  await Promise.all([inlet.start("parser"), inlet.start("crm-sink")]);
  await eventually(
    "every email to be written",
    async () => ((await inlet.ledger.inspect.countByState())["written"] === events.size ? true : null),
    150_000,
  );
  expect(duplicatesIn(inlet.sandbox.store)).toEqual([]);
  expect(inlet.sandbox.store.all("emails")).toHaveLength(events.size);
  expect(await inlet.inlet("reconcile", "--deep")).toMatchObject({
    code: 0,
    stdout: expect.stringContaining("every email is accounted for"),
  });
}, 200_000);

interface Answer {
  readonly status: number;
  readonly retryAfter: number;
  readonly code?: string;
  readonly duplicate?: boolean;
}

async function send(to: Service, id: string): Promise<Answer> {
  const response = await inlet.send(
    to,
    id,
    `From: ${id}@example.com\r\nTo: sales@inlet.example\r\nSubject: ${id}\r\nDate: Mon, 23 Nov 2026 10:00:00 +0000\r\nMessage-ID: <${id}@example.com>\r\n\r\nHello\r\n`,
  );
  const body = (await response.json()) as { eventId?: string; code?: string; duplicate?: boolean };
  if (response.status === 202) accepted.add(body.eventId ?? "no event id");
  return { status: response.status, retryAfter: Number(response.headers.get("retry-after")), ...body };
}

async function sendAll(to: Service, all: readonly string[]): Promise<Answer[]> {
  return Promise.all(all.map(async (id) => send(to, id)));
}

/** Eight senders that send one new email after another until {@link end}; below the tenant's rate limit. */
function underLoad(to: Service, name: string) {
  const answers: (number | "no answer")[] = [];
  const taken = (): number => answers.filter((answer) => answer === 202).length;
  let on = true;
  const sender = async (_: unknown, number: number): Promise<void> => {
    for (let mail = 0; on; mail += 1) {
      const answer = await send(to, `${name}-${number}-${mail}`).then(
        ({ status }) => status,
        () => "no answer" as const,
      );
      answers.push(answer);
      if (answer === "no answer") return;
      await sleep(30);
    }
  };
  const senders = Array.from({ length: 8 }, sender);
  return {
    /** Resolves when so many more were taken. */
    took: async (more: number): Promise<void> => {
      const before = taken();
      await eventually(`${more} emails to be taken`, async () => (taken() >= before + more ? true : null), 60_000);
    },
    /** Resolves once a sender has heard nothing: between two emails a death goes unnoticed. */
    wentUnanswered: async (): Promise<void> => {
      await eventually(
        "a sender to go without an answer",
        async () => (answers.includes("no answer") ? true : null),
        60_000,
      );
    },
    end: async () => {
      on = false;
      await Promise.all(senders);
      return answers;
    },
  };
}

function ids(name: string, count: number): string[] {
  return Array.from({ length: count }, (_, number) => `${name}-${number}`);
}

function kafka() {
  const part = inlet.stack.parts.find(({ name }) => name === "kafka");
  if (part === undefined) throw new Error("the stack runs no Kafka of its own");
  return part;
}

async function expectAcceptedOnTopic(): Promise<void> {
  const there = new Set(await onTopic());
  expect([...accepted].filter((eventId) => !there.has(eventId))).toEqual([]);
}

async function onTopic(): Promise<string[]> {
  const found: string[] = [];
  for await (const { headers } of inlet.admin.readAll(topicIn("rawEvents", "shared")))
    found.push(headerText(headers, HEADER.eventId) ?? "no event id");
  return found;
}
