import type { RawEvent } from "@inlet/schemas";
import { expect, test } from "vitest";
import type { Delivery } from "../intake/incoming-delivery.ts";
import { checkSender, getTrustedAuthserv } from "./check-sender.ts";
import type { Asking } from "../sender/patience.ts";
import type { Auth, SenderJob } from "../sender/verify-sender.ts";

const ANN = { name: "Ann", email: "ann@Bücher.example" };
const NOTHING = { spf: null, dkim: null, dmarc: null };
const FOUND = { spf: "pass", dkim: "none", dmarc: "pass" };
const direct = { protocol: "smtp", clientAddress: "192.0.2.7", helo: "mail.client.example", tls: null, relay: null };
const relayed = { ...direct, protocol: "lmtp", clientAddress: null, helo: null, relay: "10.0.0.25" };

function delivery(connection: RawEvent["connection"]): Delivery {
  const sources = new Map([["smtp", { trustedAuthserv: ["mx.acme.example"] }]]);
  return {
    event: {
      eventId: "evt_1",
      tenantId: "acme",
      source: { name: "smtp", kind: "smtp" },
      connection,
      envelope: { from: "ann@client.example", to: [] },
    },
    tenant: { sources },
    since: null,
  } as unknown as Delivery;
}

async function checked(connection: RawEvent["connection"], told: Auth = NOTHING, found: Auth | null = FOUND) {
  const asked: Asking[] = [];
  const jobs: SenderJob[] = [];
  const verifySender = async (job: SenderJob, asking: Asking) => {
    jobs.push(job);
    asked.push(asking);
    return found;
  };
  return {
    auth: await checkSender({ verifySender }, delivery(connection), Buffer.from("mail"), { auth: told, from: ANN }),
    jobs,
    asked,
  };
}

test("an email by SMTP is checked against the client and the envelope's sender", async () => {
  const { auth, jobs } = await checked(direct);
  expect(auth).toEqual(FOUND);
  expect(jobs).toEqual([
    {
      bytes: Buffer.from("mail"),
      clientAddress: "192.0.2.7",
      helo: "mail.client.example",
      from: "ann@client.example",
      authorDomain: "xn--bcher-kva.example",
    },
  ]);
});

test("what our own mail server told counts, and nothing is asked", async () => {
  const told = { spf: "fail", dkim: null, dmarc: null };
  expect(await checked(relayed, told)).toMatchObject({ auth: told, jobs: [] });
});

test("D3: a verdict that is not there yet is asked for once more", async () => {
  expect(await checked(direct, NOTHING, null)).toMatchObject({
    auth: null,
    asked: [{ id: "evt_1", tenant: "acme", last: false }],
  });
});

test("by any other source nothing is asked", async () => {
  expect(await checked(null)).toMatchObject({ auth: NOTHING, jobs: [] });
});

test("Authentication-Results of listed servers are trusted on what a relay handed over, and on what a known sender posts", () => {
  expect(getTrustedAuthserv(delivery(relayed))).toEqual(["mx.acme.example"]);
  expect(getTrustedAuthserv(delivery(direct))).toEqual([]);
  expect(getTrustedAuthserv(delivery(null))).toEqual(["mx.acme.example"]);
});
