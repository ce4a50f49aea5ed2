import { metrics, type AlertCode } from "@inlet/telemetry";
import { expect, test } from "vitest";
import { reportGap, reportRecordGone, reportTenantFaults } from "./report-alerts.ts";

async function count(code: AlertCode): Promise<number> {
  return (await metrics.alerts.get()).values.find(({ labels }) => labels.code === code)?.value ?? 0;
}

function keepLines() {
  const lines: object[] = [];
  const keep = (level: string) => (fields: object) => void lines.push({ level, ...fields });
  return { lines, log: { debug: keep("debug"), info: keep("info"), warn: keep("warn"), error: keep("error") } };
}

test("a gap in a log is told and kept before the partition is read on", async () => {
  const { lines, log } = keepLines();
  const kept: unknown[] = [];
  const accounts = { rememberGaps: async (...gap: unknown[]) => void kept.push(gap) };
  const before = await count("offset_out_of_range");
  await reportGap("parser", { log, ledger: { inspect: { accounts: accounts as never } } })({
    code: "offset_out_of_range",
    message: "5 records were deleted before they were read",
    detail: { groupId: "parser", topic: "raw-events", partition: 3, position: "10", low: "15", high: "20" },
  });
  expect(await count("offset_out_of_range")).toBe(before + 1);
  expect(lines).toEqual([expect.objectContaining({ level: "error", code: "offset_out_of_range", partition: 3 })]);
  const gap = { groupId: "parser", topic: "raw-events", partition: 3, from: 10, to: 15, cause: "deleted_unread" };
  expect(kept).toEqual([[[gap], "parser"]]);
});

test("a waiting email whose record is gone is an alert each time", async () => {
  const { lines, log } = keepLines();
  const before = await count("waiting_record_gone");
  reportRecordGone(log, { tenant: "acme", event_id: "evt_1" }, "gone");
  expect(await count("waiting_record_gone")).toBe(before + 1);
  expect(lines).toEqual([{ level: "error", tenant: "acme", event_id: "evt_1", code: "waiting_record_gone" }]);
});

test("a broken tenant file is an alert, and its repair a line", async () => {
  const { lines, log } = keepLines();
  const before = await count("tenant_file_broken");
  reportTenantFaults(log, ["acme.yaml: crm.kind is missing"]);
  reportTenantFaults(log, []);
  expect(await count("tenant_file_broken")).toBe(before + 1);
  expect(lines).toMatchObject([{ level: "error", code: "tenant_file_broken" }, { level: "info" }]);
});
