import type { Ledger } from "@inlet/ledger";
import { ledgerOn, openMemoryDatabase, type Database } from "@inlet/ledger/testing";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createSurroundings } from "../../testing/index.ts";
import type { Actor, Operation, OperationDeps } from "../operation.ts";
import { approveProposal, readFourEyes, rejectProposal } from "../operations.ts";
import { holdTenant } from "../tenants/hold-tenant.ts";
import { performOperation } from "./perform.ts";

const grants = [{ role: "process", tenant: "acme" }];
const ANA: Actor = { name: "ana", kind: "session", grants };
const BEN: Actor = { name: "ben", kind: "session", grants };

let database: Database;
let ledger: Ledger;
let deps: OperationDeps;
beforeAll(async () => {
  database = await openMemoryDatabase();
  ledger = ledgerOn(database);
  deps = {
    ...createSurroundings(),
    ledger,
    now: Date.now,
    fourEyes: readFourEyes(["tenant.hold", "dead-letters.discard>10"]),
  };
});
afterAll(async () => database.close());

async function perform<Input, Result extends object>(operation: Operation<Input, Result>, body: object, actor = ANA) {
  return performOperation(deps, operation, operation.input.parse(body), actor);
}

async function propose(): Promise<string> {
  const performed = await perform(holdTenant, { tenant: "acme", why: "migration" });
  if (performed.kind !== "proposed") throw new Error(`it was ${performed.kind}`);
  return performed.proposal.id;
}

const isHeld = async (): Promise<boolean> => (await ledger.circuits.listHolds()).length > 0;

it("waits for a second person, in whose name it is not done; both stand in the audit", async () => {
  const id = await propose();
  expect(await isHeld()).toBe(false);
  await expect(perform(approveProposal, { id })).rejects.toMatchObject({ status: 403 });
  await expect(perform(approveProposal, { id }, { ...BEN, kind: "token" })).rejects.toMatchObject({ status: 403 });
  await expect(perform(approveProposal, { id }, { ...BEN, kind: "local" })).rejects.toMatchObject({ status: 403 });
  const elsewhere = { ...BEN, grants: [{ role: "process", tenant: "globex" }] };
  await expect(perform(approveProposal, { id }, elsewhere)).rejects.toMatchObject({ status: 403 });
  expect(await isHeld()).toBe(false);
  expect(await perform(approveProposal, { id, why: "agreed" }, BEN)).toMatchObject({
    result: { proposal: { state: "done", decidedBy: "ben" }, result: { changed: true } },
  });
  expect(await ledger.circuits.listHolds()).toMatchObject([{ tenant: "acme", actor: "ana", why: "migration" }]);
  const audited = (await ledger.auditLog.list({ tenant: "acme", limit: 10 })).map(
    ({ actor, action }) => `${actor}: ${action}`,
  );
  expect(audited.toReversed()).toEqual(["ana: proposed", "ben: proposal approved", "ana: buffer on"]);
  await ledger.circuits.endHold("acme", "ana");
});

it("of two who decide at once one does; what was decided, taken back or is too old is not done any more", async () => {
  const id = await propose();
  const both = await Promise.allSettled([perform(approveProposal, { id }, BEN), perform(rejectProposal, { id }, ANA)]);
  expect(both.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
  expect(both.find((each) => each.status === "rejected")?.reason).toMatchObject({ status: 409 });
  await ledger.circuits.endHold("acme", "ana");

  const back = await propose();
  await perform(rejectProposal, { id: back, why: "not today" });
  await expect(perform(approveProposal, { id: back }, BEN)).rejects.toMatchObject({ status: 409 });

  const old = await propose();
  await database.query("update proposals set expires_at = clock_timestamp() where id = $1", [old]);
  await expect(perform(approveProposal, { id: old }, BEN)).rejects.toThrow(/is expired/);
  expect(await ledger.proposals.list({ open: true, limit: 10 })).toEqual([]);
  expect(await isHeld()).toBe(false);
});

it("what could not be done says why, and is over", async () => {
  const id = await propose();
  const gone = { ...deps, listTenants: () => [] };
  await expect(performOperation(gone, approveProposal, { id, why: undefined }, BEN)).rejects.toMatchObject({
    status: 404,
  });
  expect(await ledger.proposals.get(id)).toMatchObject({
    state: "failed",
    problem: expect.stringContaining("tenant file acme"),
  });
});

it("a name that is no operation, or one of an address, is refused at the start", () => {
  expect(() => readFourEyes(["tenant.hodl"])).toThrow(/tenant\.hodl is none of the operations/);
  expect(() => readFourEyes(["erasures.create"])).toThrow(/is none of the operations/);
});
