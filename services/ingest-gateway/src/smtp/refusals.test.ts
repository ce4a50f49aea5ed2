import { afterEach, describe, expect, test } from "vitest";
import { createBodyBudget } from "../body/body-budget.ts";
import { mailClient } from "../../testing/mail-client.ts";
import type { MailClient } from "../../testing/mail-client.ts";
import { buildTenant } from "../../testing/test-gateway.ts";
import { ACME, GLOBEX, startTestMail } from "../../testing/test-mail.ts";
import type { TestMail, TestMailOptions } from "../../testing/test-mail.ts";
import { eventually } from "../../testing/eventually.ts";

let mail: TestMail;
afterEach(() => mail.servers.close());

async function start(options: TestMailOptions = {}): Promise<void> {
  mail = await startTestMail(options);
}

async function greeted(from = ""): Promise<MailClient> {
  const client = await mailClient(mail.port("smtp"));
  await client.say("EHLO client.example", `MAIL FROM:<${from}>`);
  return client;
}

const to = (recipient: string): string => `RCPT TO:<${recipient}>`;
const BODY = "Message-ID: <m1@client.example>\r\n\r\nHi";

describe("recipients", () => {
  test.each([
    ["of no one", "nobody@acme.example", "550 5.1.1 No such mailbox here"],
    ["of a domain that is not ours", "sales@elsewhere.example", "550 5.1.1 No such mailbox here"],
    ["of a tenant that takes no mail by SMTP", "hello@initech.example", "550 5.1.1 No such mailbox here"],
    ["of no one, of a tenant that wants them quarantined", "nobody@globex.example", "250 Accepted"],
    ["of a mailbox, with a tag", "Sales+anything@ACME.example", "250 Accepted"],
    ["of an internationalized domain, in its ASCII form", "info@xn--bcher-kva.example", "250 Accepted"],
  ])("%s", async (_what, recipient, reply) => {
    await start();
    expect(await (await greeted()).say(to(recipient))).toEqual([reply]);
  });

  test("one that is refused costs the others nothing", async () => {
    await start();
    const client = await greeted();
    expect(await client.say(to("nobody@acme.example"), to("sales@acme.example"))).toEqual([
      "550 5.1.1 No such mailbox here",
      "250 Accepted",
    ]);
    await client.say("DATA");
    expect(await client.say(`${BODY}\r\n.`)).toEqual([expect.stringMatching(/^250 /)]);
    expect((await mail.events())[0]?.envelope?.to).toEqual(["sales@acme.example"]);
  });

  test("claimed by two tenants alike: 451, so that the sender keeps it, and an alert's log line", async () => {
    await start({ tenants: [buildTenant("acme", ACME), buildTenant("twin", ACME)] });
    expect(await (await greeted()).say(to("sales@acme.example"))).toEqual([
      "451 4.3.5 This address is claimed twice here, try later",
    ]);
    expect(mail.logs.join("")).toContain("recipient_ambiguous");
  });

  test("guessing them ends the connection", async () => {
    await start({ limits: { refusedRecipients: 2 } });
    const client = await greeted();
    const answers = await client.say(...["a", "b", "c"].map((name) => to(`${name}@acme.example`)));
    expect(answers.map((answer) => answer.slice(0, 3))).toEqual(["550", "550", "421"]);
    await client.ended();
  });

  test("more than the most: 452, and the message goes to those before", async () => {
    await start({ limits: { recipients: 2 } });
    const answers = await (await greeted()).say(...[1, 2, 3].map((tag) => to(`sales+${tag}@acme.example`)));
    expect(answers.map((answer) => answer.slice(0, 3))).toEqual(["250", "250", "452"]);
  });
});

describe("IN9: who may send", () => {
  const allowing = (networks: string) => [buildTenant("acme", `${ACME}allowFrom: ${networks}\n`)];

  test("an address outside of the tenant's networks is refused at RCPT", async () => {
    await start({ tenants: allowing('["192.0.2.0/24"]') });
    expect(await (await greeted()).say(to("sales@acme.example"))).toEqual([
      "550 5.7.1 This mailbox takes nothing from your address",
    ]);
  });

  test("what a trusted relay says of its client decides", async () => {
    await start({ tenants: allowing('["192.0.2.0/24"]'), trustedProxies: ["127.0.0.1"] });
    const client = await mailClient(mail.port("smtp"));
    await client.say("EHLO relay.example", "XCLIENT ADDR=192.0.2.7", "EHLO client.example", "MAIL FROM:<>");
    expect(await client.say(to("sales@acme.example"))).toEqual(["250 Accepted"]);
    const other = await mailClient(mail.port("smtp"));
    await other.say("EHLO relay.example", "XCLIENT ADDR=203.0.113.7", "EHLO client.example", "MAIL FROM:<>");
    expect(await other.say(to("sales@acme.example"))).toEqual([expect.stringMatching(/^550 5\.7\.1 /)]);
  });

  test("a tenant above its rate gets 450; another tenant, and later this one, is served", async () => {
    let now = 0;
    const slow = `${ACME}rateLimit: { perSecond: 1, burst: 2 }\n`;
    await start({ tenants: [buildTenant("acme", slow), buildTenant("globex", GLOBEX)], now: () => now });
    const client = await greeted();
    const again = ["RSET", "MAIL FROM:<>"];
    const first = await client.say(to("sales@acme.example"), to("sales+2@acme.example"), ...again);
    const second = await client.say(to("sales@acme.example"), ...again);
    const third = await client.say(to("sales@acme.example"), to("hello@globex.example"), ...again);
    expect(first.slice(0, 2)).toEqual(["250 Accepted", "250 Accepted"]);
    expect(second[0]).toBe("250 Accepted");
    expect(third.slice(0, 2)).toEqual(["450 4.7.1 This mailbox gets more than its rate, try later", "250 Accepted"]);
    now = 2001;
    expect((await client.say(to("sales@acme.example")))[0]).toBe("250 Accepted");
  });

  test("one address may not take all connections", async () => {
    await start({ limits: { connectionsOfAddress: 1 } });
    await mailClient(mail.port("smtp"));
    await expect(mailClient(mail.port("smtp"))).rejects.toThrow("421 4.7.0 Too many connections");
  });
});

describe("sizes", () => {
  test("a declared SIZE above the mailbox's limit is refused before a byte of it comes", async () => {
    await start();
    const client = await mailClient(mail.port("smtp"));
    await client.say("EHLO client.example", `MAIL FROM:<> SIZE=${1024 * 1024 + 1}`);
    expect(await client.say(to("sales@acme.example"))).toEqual([
      "552 5.3.4 The message is larger than this mailbox takes",
    ]);
  });

  test("an undeclared one is refused at its end, and the connection goes on", async () => {
    await start();
    const client = await mailClient(mail.port("smtp"));
    const body = `${BODY}\r\n${"x".repeat(1024 * 1024)}`;
    expect(await client.send({ to: ["sales@acme.example"], body })).toEqual([expect.stringMatching(/^552 5\.3\.4 /)]);
    expect(await client.send({ to: ["sales@acme.example"], body: BODY })).toEqual([expect.stringMatching(/^250 /)]);
    expect(await mail.events()).toHaveLength(1);
  });

  test("31 MB are accepted, 33 MB refused, by the limit that sources have when they name none", async () => {
    await start({ tenants: [buildTenant("acme", ACME.replace(", maxBodySize: 1MiB", ""))] });
    const client = await mailClient(mail.port("smtp"));
    const line = `${"x".repeat(998)}\r\n`;
    const sized = (millions: number): string => `${BODY}\r\n${line.repeat(millions * 1000)}`;
    expect(await client.send({ to: ["sales@acme.example"], body: sized(31) })).toEqual([
      expect.stringMatching(/^250 /),
    ]);
    expect(await client.send({ to: ["sales@acme.example"], body: sized(34) })).toEqual([
      expect.stringMatching(/^552 /),
    ]);
    const [event] = await mail.events();
    expect(event?.body).toMatchObject({ size: 31_000_000 + BODY.length + 4 });
  });

  test("tenants with different limits cannot share one answer: the second is asked for in a message of its own", async () => {
    await start({ tenants: [buildTenant("acme", ACME), buildTenant("globex", GLOBEX.replace("1MiB", "2MiB"))] });
    expect(await (await greeted()).say(to("sales@acme.example"), to("hello@globex.example"))).toEqual([
      "250 Accepted",
      "452 4.5.3 Send this recipient in a message of its own",
    ]);
  });

  test("more than the instance may hold: 452, and what was held is free again", async () => {
    await start({ bodyBudget: createBodyBudget(1000) });
    const client = await mailClient(mail.port("smtp"));
    const recipients = ["sales@acme.example"];
    expect(await client.send({ to: recipients, body: `${BODY}${"x".repeat(2000)}` })).toEqual([
      "452 4.3.1 At the limit, try later",
    ]);
    expect(await client.send({ to: recipients, body: BODY })).toEqual([expect.stringMatching(/^250 /)]);
  });

  test("a command line without an end closes the connection", async () => {
    await start();
    const client = await mailClient(mail.port("smtp"));
    client.socket.write("x".repeat(4000));
    expect(await client.reply()).toMatch(/^421 /);
    await client.ended();
  });
});

describe("slow clients", () => {
  test("silence ends the connection", async () => {
    await start({ limits: { idleMs: 500 } });
    const client = await mailClient(mail.port("smtp"));
    expect(await client.reply()).toBe("421 Timeout - closing connection");
    await client.ended();
  });

  test("a message that trickles in is cut off at its deadline, and nothing is kept of it", async () => {
    await start({ limits: { messageMs: 100 } });
    const client = await greeted();
    await client.say(to("sales@acme.example"), "DATA");
    const trickle = setInterval(() => client.socket.write("x"), 10);
    expect(await client.reply()).toBe("421 4.4.2 The message did not arrive in time");
    await client.ended();
    clearInterval(trickle);
    expect(await mail.events()).toEqual([]);
  });

  test("a connection that is kept busy with nothing ends at its deadline", async () => {
    await start({ limits: { sessionMs: 2_000, idleMs: 60_000 } });
    const client = await mailClient(mail.port("smtp"));
    for (let i = 0; i < 5; i += 1) expect(await client.say("NOOP")).toEqual(["250 OK"]);
    expect(await client.reply()).toBe("421 4.4.2 This session lasts too long, connect again");
  });

  test("one that hangs up in the middle leaves nothing, and frees what it held", async () => {
    const budget = createBodyBudget(4000);
    await start({ bodyBudget: budget });
    const client = await greeted();
    await client.say(to("sales@acme.example"), "DATA");
    client.socket.write("x".repeat(3500));
    client.socket.destroy();
    await eventually(async () => {
      const next = await mailClient(mail.port("smtp"));
      expect(await next.send({ to: ["sales@acme.example"], body: `${BODY}${"y".repeat(3500)}` })).toEqual([
        expect.stringMatching(/^250 /),
      ]);
    });
    expect(await mail.events()).toHaveLength(1);
  });
});

describe("closing", () => {
  test("idle connections end, a message under way gets its answer, and no one new is let in", async () => {
    await start();
    const idle = await mailClient(mail.port("smtp"));
    const busy = await greeted();
    await busy.say(to("sales@acme.example"), "DATA");
    const closed = mail.servers.close();
    expect(await idle.reply()).toBe("421 4.3.2 Shutting down, try again");
    await expect(mailClient(mail.port("smtp"))).rejects.toThrow(/closed|ECONNREFUSED/);
    expect(await busy.say(`${BODY}\r\n.`)).toEqual([expect.stringMatching(/^250 /)]);
    await closed;
    expect(await mail.events()).toHaveLength(1);
  });

  test("a message that does not come to its end is not waited for", async () => {
    await start({ limits: { drainMs: 50 } });
    const client = await greeted();
    await client.say(to("sales@acme.example"), "DATA");
    client.socket.write("From: half");
    await mail.servers.close();
    expect(await client.reply()).toMatch(/^421 /);
    expect(await mail.events()).toEqual([]);
  });
});
