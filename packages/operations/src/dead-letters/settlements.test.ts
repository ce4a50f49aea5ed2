import { describe, expect, it } from "vitest";
import { settlementsFor, type HandDecision } from "./settlements.ts";

const CONTACT = { crm: "http", effect: "contact", key: "a@example.com", busyMs: 0 };
const FILES = ["f1", "f2"].map((key) => ({ crm: "http", effect: "file", key, busyMs: 0 }));

/** L18: what an operator says about writes whose outcome is unknown, and what is unknown. */
describe("settling by hand", () => {
  it.each([
    ["an id alone", [CONTACT], ["c-7"], false, ["c-7"]],
    ["an id by effect", [CONTACT], ["contact=c-7"], false, ["c-7"]],
    ["an id that holds a =", [CONTACT], ["Q0=="], false, ["Q0=="]],
    ["nothing was written", [CONTACT], [], true, [null]],
    ["several effects", [CONTACT, ...FILES], ["contact=c-7", "file:f2=9"], true, ["c-7", null, "9"]],
  ])("%s", async (_what, unknown, assumeWritten, write, expected) => {
    const settled = await settle(unknown, { assumeWritten, write });
    expect(settled.map(({ recordId }) => recordId)).toEqual(expected);
    expect(settled.map(({ key }) => key)).toEqual(unknown.map(({ key }) => key));
  });

  it.each([
    ["nothing is said", [CONTACT], null, /not known \(contact\).*--assume-written ID or --write/],
    [
      "nothing is unknown any more",
      [],
      { assumeWritten: ["c-7"], write: false },
      /none of its effects is unknown any more/,
    ],
    [
      "nothing is unknown any more, and it is to be written",
      [],
      { assumeWritten: [], write: true },
      /nothing was settled/,
    ],
    [
      "one of two is not named",
      [CONTACT, ...FILES],
      { assumeWritten: ["contact=c-7"], write: false },
      /of file:f1, file:f2 /,
    ],
    [
      "an id alone for several",
      [CONTACT, ...FILES],
      { assumeWritten: ["c-7"], write: false },
      /contact=ID, file:f1=ID/,
    ],
    ["another effect", [CONTACT], { assumeWritten: ["deal=7"], write: false }, /contact=ID/],
    ["no id", [CONTACT], { assumeWritten: ["contact="], write: false }, /contact=ID/],
    ["two ids", [CONTACT], { assumeWritten: ["1", "2"], write: false }, /two ids/],
    ["a try has it", [{ ...CONTACT, busyMs: 1_500 }], { assumeWritten: [], write: true }, /again in 2 s/],
  ])("is refused, naming the effects: %s", async (_what, unknown, decision, message) => {
    await expect(settle(unknown, decision)).rejects.toThrow(message);
  });

  it("is not asked for where all is known by now, or where it died of something else", async () => {
    expect(await settle([], null)).toEqual([]);
    expect(await settle([CONTACT], null, "crm_rejected")).toEqual([]);
  });
});

async function settle(unknown: readonly (typeof CONTACT)[], decision: HandDecision | null, reason = "outcome_unknown") {
  const ledger = { effects: { listUnknown: async () => Promise.resolve([...unknown]) } };
  return settlementsFor(ledger, { tenant: "acme", eventId: "evt_1", reason }, decision);
}
