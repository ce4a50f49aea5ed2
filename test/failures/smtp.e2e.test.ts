import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { duplicatesIn } from "@inlet/crm-sandbox";
import { createCodec, createRegistry } from "@inlet/event-codec";
import { topicIn } from "@inlet/schemas";
import type { NormalizedEvent } from "@inlet/schemas";
import { createTransport } from "nodemailer";
import { afterAll, beforeAll, expect, it } from "vitest";
import { eventually, freePort, runInlet, type RunningInlet, type Service } from "../running/running-inlet.ts";

/** IN6 on the running system: what got 250 becomes a record in the CRM, once, whatever ends in between. */
let inlet: RunningInlet;
let gateway: Service;
let ports: { smtp: number; lmtp: number };
const startGateway = async (): Promise<Service> =>
  inlet.start("ingest-gateway", { SMTP_PORT: String(ports.smtp), LMTP_PORT: String(ports.lmtp) });

beforeAll(async () => {
  inlet = await runInlet();
  ports = { smtp: await freePort(), lmtp: await freePort() };
  gateway = await startGateway();
}, 300_000);
afterAll(async () => inlet?.close());

const WRITTEN_AT = new Date();

/** Sends one email with a real client; the reply code and its text. */
async function send(
  id: string,
  { lmtp = false, to = "sales@inlet.example", messageId = `${id}@client.example` } = {},
): Promise<string> {
  const transport = createTransport({ host: "127.0.0.1", port: lmtp ? ports.lmtp : ports.smtp, lmtp });
  try {
    const { response } = await transport.sendMail({
      from: `${id}@client.example`,
      to,
      subject: id,
      text: "Is it still for sale?",
      messageId: `<${messageId}>`,
      // A mail server that tries again sends the same message: with another Date it is another one.
      date: WRITTEN_AT,
    });
    return response;
  } catch (error) {
    return (error as { response?: string }).response ?? String(error);
  } finally {
    transport.close();
  }
}

it("takes email by SMTP and LMTP, refuses a recipient that no one has, and knows a repetition", async () => {
  const first = await send("first");
  expect(first).toMatch(/^250 2\.0\.0 Accepted evt_/);
  expect(await send("first")).toBe(first);
  expect(await send("by-lmtp", { lmtp: true })).toMatch(/^250 2\.0\.0 Accepted evt_/);
  expect(await send("nobody", { to: "nobody@inlet.example" })).toBe("550 5.1.1 No such mailbox here");
});

it("L19: another email under a Message-ID that is taken is accepted as another, by SMTP and by HTTP", async () => {
  const first = await send("first");
  const second = await send("second", { messageId: "first@client.example" });
  expect(second).toMatch(/^250 2\.0\.0 Accepted evt_/);
  expect(second).not.toBe(first);
  await inlet.post(
    gateway,
    "third",
    `From: first@client.example\r\nTo: sales@inlet.example\r\nMessage-ID: <first@client.example>\r\nDate: ${WRITTEN_AT.toUTCString()}\r\nSubject: third\r\n\r\nPay to this account instead.\r\n`,
  );
});

it("Kafka away: 451, and the sender's repetition is taken when it is back", async () => {
  const kafka = inlet.stack.parts.find(({ name }) => name === "kafka");
  if (kafka === undefined) throw new Error("the stack runs no Kafka of its own");
  await kafka.stop();
  expect(await send("kafka-away")).toMatch(/^451 4\.3\.0 /);
  await kafka.start();
  await eventually(
    "mail to be taken again",
    async () => ((await send("kafka-away")).startsWith("250") ? true : null),
    60_000,
  );
});

it("SIGTERM while a message comes: it gets its answer, then the gateway ends", async () => {
  const socket = connect(ports.smtp, "127.0.0.1");
  let said = "";
  socket.setEncoding("utf8").on("data", (text: string) => (said += text));
  const until = async (text: string): Promise<void> => {
    while (!said.includes(text)) await sleep(20);
  };
  await until("220 ");
  socket.write("EHLO client.example\r\nMAIL FROM:<>\r\nRCPT TO:<sales@inlet.example>\r\nDATA\r\n");
  await until("354 ");
  socket.write("From: draining@client.example\r\nMessage-ID: <draining@client.example>\r\nSubject: draining\r\n\r\n");
  const stopped = gateway.stop();
  await sleep(500);
  socket.write("Is it still for sale?\r\n.\r\n");
  await until("250 2.0.0 Accepted evt_");
  await stopped;
  expect(await gateway.ended).toMatchObject({ code: 0 });
  gateway = await startGateway();
});

it("each is one email in the CRM, with its sender checked, and every email is accounted for", async () => {
  await Promise.all([inlet.start("parser"), inlet.start("crm-sink")]);
  const subjects = ["first", "second", "third", "by-lmtp", "kafka-away", "draining"];
  await eventually(
    "every email to be written",
    async () => ((await inlet.ledger.inspect.countByState())["written"] === subjects.length ? true : null),
    150_000,
  );
  const emails = inlet.sandbox.store.all("emails");
  expect(emails.map(({ properties }) => properties["hs_email_subject"]).toSorted(byText)).toEqual(
    subjects.toSorted(byText),
  );
  // No one's words stand in another's activity.
  const words = new Map(emails.map(({ properties }) => [properties["hs_email_subject"], properties["hs_email_text"]]));
  expect(words.get("first")).toContain("Is it still for sale?");
  expect(words.get("third")).toContain("Pay to this account instead.");
  expect(duplicatesIn(inlet.sandbox.store)).toEqual([]);
  // Whether these domains can be looked up here or not, each check has a word; of a relay's unknown client there is no SPF.
  const checked = new Map((await normalized()).map(({ subject, auth }) => [subject, auth]));
  expect([...checked.keys()].toSorted(byText)).toEqual(subjects.toSorted(byText));
  for (const { dkim, dmarc } of checked.values()) expect(`${dkim} ${dmarc}`).toMatch(/^[a-z]+ [a-z]+$/);
  expect(checked.get("first")?.spf).toMatch(/^(none|fail|temperror)$/);
  expect(checked.get("by-lmtp")?.spf).toBeNull();
  expect(await inlet.inlet("reconcile", "--deep")).toMatchObject({
    code: 0,
    stdout: expect.stringContaining("every email is accounted for"),
  });
}, 200_000);

async function normalized(): Promise<NormalizedEvent[]> {
  const codec = createCodec({ registry: createRegistry({ url: inlet.stack.env.SCHEMA_REGISTRY_URL, auth: null }) });
  const events: NormalizedEvent[] = [];
  for await (const { value } of inlet.admin.readAll(topicIn("normalizedEvents", "shared"))) {
    events.push(await codec.decode("NormalizedEvent", value ?? Buffer.alloc(0)));
  }
  return events;
}

function byText(left: unknown, right: unknown): number {
  return String(left).localeCompare(String(right));
}
