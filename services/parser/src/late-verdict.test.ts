import { createMemoryBlobStore } from "@inlet/blob-store";
import type { RecordReader } from "@inlet/kafka";
import { age, ledgerOn, openMemoryDatabase } from "@inlet/ledger/testing";
import type { RawEvent } from "@inlet/schemas";
import { metrics } from "@inlet/telemetry";
import { expect, it, vi } from "vitest";
import { codec, rawRecord, smallParser } from "../testing/small-parser.ts";
import { releaseWaiting } from "./intake/release-waiting.ts";
import { ASK_AGAIN_MS } from "./sender/sender-pool.ts";

const MIME = Buffer.from(
  "From: nora@slow.example\r\nTo: sales@acme.example\r\nMessage-ID: <late@slow.example>\r\n\r\nHello\r\n",
);
const BY_SMTP = {
  source: { name: "mail", kind: "smtp", deliveryId: null, eventId: null, receivedAt: null },
  envelope: { from: "nora@slow.example", to: ["sales@acme.example"] },
  connection: {
    protocol: "smtp" as const,
    clientAddress: "192.0.2.1",
    helo: "mx.slow.example",
    tls: null,
    relay: null,
  },
} satisfies Partial<RawEvent>;
const TEMPERROR = { spf: "temperror", dkim: "temperror", dmarc: "temperror" } as const;

it("D3: a verdict that is not there yet waits in the ledger without using up an attempt; asked again, the email is written with what is known", async () => {
  const database = await openMemoryDatabase();
  const ledger = ledgerOn(database);
  const asked: boolean[] = [];
  const verifySender = async (_job: unknown, { last }: { readonly last: boolean }) => {
    asked.push(last);
    return last ? TEMPERROR : null;
  };
  const { deps, handle, produced } = smallParser(createMemoryBlobStore(), {
    ledger,
    verifySender,
    instance: "parser-1",
  });
  const counted = vi.spyOn(metrics.parsed, "inc");
  const record = await rawRecord(0, MIME, BY_SMTP);

  expect(await handle([record])).toEqual({ processedThrough: 0n });
  const [waiting] = await database.query("select stage, code, attempt from waiting", []);
  expect(waiting).toMatchObject({ stage: "parse", code: "sender_not_verified_yet", attempt: 0 });
  expect(produced).toEqual([]);

  await age(database, ASK_AGAIN_MS);
  const poller = releaseWaiting(deps, { read: async () => [record] } as unknown as RecordReader, ["shared"]);
  await expect
    .poll(async () => database.query("select state from deliveries", []), { timeout: 20_000 })
    .toEqual([{ state: "parsed" }]);
  await poller.stop();
  expect(asked).toEqual([false, true]);
  expect(produced).toHaveLength(1);
  expect(await codec.decode("NormalizedEvent", produced[0]?.value as Buffer)).toMatchObject({ auth: TEMPERROR });
  expect(counted.mock.calls.map(([labels]) => labels)).toEqual([
    { tenant: "acme", class: "", outcome: "retry" },
    { tenant: "acme", class: "human", outcome: "ok" },
  ]);
  await ledger.close();
}, 60_000);
