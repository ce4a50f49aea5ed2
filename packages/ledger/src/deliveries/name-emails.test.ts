import { buildSecondEmailKey } from "@inlet/schemas";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ledgerOn, type Ledger } from "../ledger.ts";
import { openMemoryDatabase } from "../../testing/memory-database.ts";
import { incoming, parsed } from "../../testing/samples.ts";

let ledger: Ledger;
beforeAll(async () => {
  ledger = ledgerOn(await openMemoryDatabase());
});
afterAll(async () => ledger.close());

const NAMING = { source: "signed-json", emailKey: "eml_new", formerKey: "eml_old", contentHash: "hash" };

/** L19: rows that a release wrote which knew no date and no subject in an email's name. */
describe("an email whose row has a key of a former release", () => {
  const oldRow = async (tenant: string): Promise<void> => {
    await ledger.deliveries.accept([incoming(tenant, "evt_old")], 1000);
    await ledger.deliveries.markParsed([{ ...parsed(tenant, "evt_old"), emailKey: "eml_old", contentHash: "hash" }]);
  };
  const name = async (tenant: string, eventId: string, change: object = {}): Promise<string> => {
    await ledger.deliveries.accept([incoming(tenant, eventId)], 1000);
    return ledger.deliveries.nameEmail({ tenant, eventId, ...NAMING, ...change });
  };

  it("keeps it when it is parsed again, also with other content", async () => {
    await oldRow("kept");
    expect(await name("kept", "evt_old")).toBe("eml_old");
    expect(await name("kept", "evt_old", { contentHash: "other" })).toBe("eml_old");
  });

  it("gives it to another delivery of the same email, by the same source or another", async () => {
    await oldRow("twin");
    expect(await name("twin", "evt_1")).toBe("eml_old");
    expect(await name("twin", "evt_2", { source: "smtp", contentHash: "as the other way makes it" })).toBe("eml_old");
  });

  it("does not give it to another content of its source, which has a name of its own from then on", async () => {
    await oldRow("second");
    const second = buildSecondEmailKey("eml_old", "other");
    expect(await name("second", "evt_1", { contentHash: "other" })).toBe(second);
    expect(await name("second", "evt_2", { contentHash: "other" })).toBe(second);
    expect(await name("second", "evt_3")).toBe("eml_old");
  });

  it("is nothing to another tenant, nor where no row has it", async () => {
    await oldRow("one");
    expect(await name("two", "evt_1")).toBe("eml_new");
    expect(await name("one", "evt_1", { formerKey: "eml_unknown" })).toBe("eml_new");
  });
});

it("L19: two contents of one name in one micro-batch are two emails, whichever comes first", async () => {
  const namings = ["a", "b", "a", "b"].map((contentHash, n) => ({ tenant: "batch", eventId: `evt_${n}`, contentHash }));
  await ledger.deliveries.accept(
    namings.map(({ eventId }) => incoming("batch", eventId)),
    1000,
  );
  const names = await Promise.all(
    namings.map(async (naming) => ledger.deliveries.nameEmail({ ...NAMING, formerKey: null, ...naming })),
  );
  expect(names).toEqual([
    "eml_new",
    buildSecondEmailKey("eml_new", "b"),
    "eml_new",
    buildSecondEmailKey("eml_new", "b"),
  ]);
});
