import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInMemoryKafka } from "@inlet/kafka/testing";
import { ledgerOn, openMemoryDatabase } from "@inlet/ledger/testing";
import { moveLane } from "@inlet/operations";
import { expect, it } from "vitest";
import { listLanes } from "./list-lanes.ts";
import { writeIsolation } from "./write-isolation.ts";

const MOVE = { tenant: "acme", from: "shared", to: "acme" };

it("a lane is shown with its tenants, topics, live members and what is unread; one that no one reads has a fault", async () => {
  const kafka = createInMemoryKafka({ lanes: ["shared", "acme", "left"] });
  const producer = await kafka.producer();
  for (const topic of ["raw-events.acme", "raw-events.left"])
    await producer.send({ topic, key: "k", value: Buffer.from("x"), headers: [] });
  const readers = ["parser", "crm-sink"].map((groupId) => {
    const topic = groupId === "parser" ? "raw-events" : "normalized-events";
    return kafka.consumer({ groupId, topic, handler: async () => ({ processedThrough: null }) });
  });
  await Promise.all(readers.map(async (reader) => reader.start()));
  const admin = await kafka.admin();
  const tenants = [
    { id: "globex", lane: "shared" },
    { id: "acme", lane: "acme" },
    { id: "new", lane: "new" },
    { id: "broken", lane: null },
  ];
  const lanes = await listLanes(admin, tenants, [{ lane: "acme", filter: { ...MOVE } }]);
  expect(lanes).toMatchObject([
    {
      lane: "acme",
      tenants: ["acme"],
      missingTopics: [],
      groups: [
        { group: "parser.acme", members: 0, lag: 1 },
        { group: "crm-sink.acme", members: 0, lag: 0 },
      ],
      moving: ["acme"],
      fault: "no live member in parser.acme, crm-sink.acme",
    },
    // No tenant's any more: only what is unread in it counts.
    { lane: "left", tenants: [], fault: "no live member in parser.left" },
    { lane: "new", topics: [], groups: [{ lag: null }, { lag: null }], fault: expect.stringContaining("lanes apply") },
    { lane: "shared", tenants: ["globex"], groups: [{ members: 1 }, { members: 1 }], fault: null },
  ]);
  await Promise.all(readers.map(async (reader) => reader.stop()));
});

it("a move makes the topics, is refused while no one reads the lane, holds before the file is switched, and is gone on with", async () => {
  const kafka = createInMemoryKafka();
  const ledger = ledgerOn(await openMemoryDatabase());
  const admin = await kafka.admin();
  const steps: string[] = [];
  const deps = {
    admin,
    jobs: ledger.jobs,
    actor: "ana",
    why: null,
    force: false,
    switchFile: async () => void steps.push((await ledger.circuits.gate("acme")).movingTo ?? "not held"),
    holdKnownMs: 0,
  };
  await expect(moveLane(deps, MOVE)).rejects.toThrow(/no one reads the lane acme yet/);
  expect(await admin.topics()).toContain("normalized-events.acme");
  expect(await ledger.jobs.list({ limit: 10 })).toEqual([]);

  const job = await moveLane({ ...deps, force: true }, MOVE);
  // As after a crash: the file may name the new lane by now.
  expect((await moveLane({ ...deps, force: true }, { ...MOVE, from: "acme" })).id).toBe(job.id);
  expect(steps).toEqual(["acme", "acme"]);
  await expect(moveLane({ ...deps, force: true }, { tenant: "acme", from: "acme", to: "shared" })).rejects.toThrow(
    /on its way to acme/,
  );
  await ledger.jobs.direct(job.id, "cancel", "ana");
  expect((await ledger.circuits.gate("acme")).movingTo).toBeNull();
  await expect(moveLane({ ...deps, force: true }, { ...MOVE, from: "acme" })).rejects.toThrow(/nothing to do/);
  await ledger.close();
});

it.each([
  ["name: Acme # ours\n", "name: Acme # ours\nisolation: dedicated\n"],
  ["isolation: shared\n# all of it\nname: Acme\n", "isolation: dedicated\n# all of it\nname: Acme\n"],
])("the tenant's file keeps everything but its isolation: %j", async (before, after) => {
  const folder = await mkdtemp(path.join(tmpdir(), "inlet-lanes-"));
  const file = path.join(folder, "acme.yaml");
  await writeFile(file, before);
  await writeIsolation(file, "dedicated");
  expect(await readFile(file, "utf8")).toBe(after);
  await writeFile(file, "a: [");
  await expect(writeIsolation(file, "shared")).rejects.toThrow(/cannot be read as YAML/);
  await rm(folder, { recursive: true });
});
