import { metrics } from "@inlet/telemetry";
import { expect, test } from "vitest";
import { noteAuditHeads, reportBalance } from "./report-balance.ts";
import type { Balance } from "./screen.ts";

const REPORT = { written: 7, suppressed: 2, deadLettered: 1, discarded: 3, inFlight: 4, notListed: 2 };

test("what a count found shows in the metrics, everything that is wrong as one number", async () => {
  const lost = [{ tenant: "acme", eventId: "evt_1", state: "parsed", why: "no evidence" }];
  reportBalance({ at: 5_000, report: { ...REPORT, lost, faults: ["a gap"] } as unknown as Balance["report"] });
  const states = (await metrics.deliveries.get()).values.map(({ labels, value }) => [labels.state, value]);
  expect(Object.fromEntries(states)).toEqual({
    written: 7,
    suppressed: 2,
    dead_lettered: 1,
    discarded: 3,
    in_flight: 4,
  });
  expect((await metrics.lost.get()).values[0]?.value).toBe(4);
  expect((await metrics.countedTimestamp.get()).values[0]?.value).toBe(5);
});

test("the heads of the audit chains are noted in the log, with the time", async () => {
  const noted: object[] = [];
  const heads = [{ tenant: "acme", seq: 12, hash: "ab" }];
  await noteAuditHeads({ heads: async () => heads }, 9_000, { info: (fields) => void noted.push(fields) });
  expect(noted).toEqual(heads);
  expect((await metrics.auditEntries.get()).values).toMatchObject([{ labels: { tenant: "acme" }, value: 12 }]);
  expect((await metrics.auditNotedTimestamp.get()).values[0]?.value).toBe(9);
});
