import { randomUUID } from "node:crypto";
import { buildSecondEmailKey } from "@inlet/schemas";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openLedger, type Ledger } from "../ledger.ts";
import { incoming } from "../../testing/samples.ts";

/** Two parsers, each with connections of its own. */
let parsers: readonly [Ledger, Ledger];
beforeAll(async () => {
  const connectionString = process.env["DATABASE_URL"] ?? "";
  parsers = [openLedger({ connectionString }), openLedger({ connectionString })];
  await parsers[0].migrate();
});
afterAll(async () => Promise.all(parsers.map(async (ledger) => ledger.close())));

it("L19: two parsers that meet one name at once agree on whose it is", async () => {
  const tenant = `t-${randomUUID().slice(0, 12)}`;
  const emails = Array.from({ length: 60 }, (_, n) => ({ tenant, key: `eml_${n % 20}`, eventId: `evt_${n}` }));
  const contents = ["a", "b"] as const;
  const deliveries = contents.map((contentHash) =>
    emails.map(({ key, eventId }) => ({ tenant, emailKey: key, eventId: `${eventId}_${contentHash}`, contentHash })),
  );
  await parsers[0].deliveries.accept(
    deliveries.flat().map(({ eventId }) => incoming(tenant, eventId)),
    1000,
  );
  const names = await Promise.all(
    parsers.map(async (parser, side) =>
      Promise.all(
        (deliveries[side] ?? []).map(async (delivery) =>
          parser.deliveries.nameEmail({ ...delivery, source: "signed-json", formerKey: null }),
        ),
      ),
    ),
  );
  for (let n = 0; n < 20; n += 1) {
    const [ofA, ofB] = names.map((side) => new Set([side[n], side[n + 20], side[n + 40]]));
    const key = `eml_${n}`;
    // One content has the name, the other another, however often each comes.
    const first = ofA?.has(key) === true;
    expect([...(ofA ?? [])]).toEqual([first ? key : buildSecondEmailKey(key, "a")]);
    expect([...(ofB ?? [])]).toEqual([first ? buildSecondEmailKey(key, "b") : key]);
  }
});
