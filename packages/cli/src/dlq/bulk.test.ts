import type { Job } from "@inlet/ledger";
import { expect, it } from "vitest";
import { UsageError } from "../context.ts";
import { actOnDeadLetters } from "./bulk.ts";

const SET = { tenant: "acme", reason: "crm_rejected", until: 5 };
const LANES = [
  { lane: "acme", emails: 3 },
  { lane: "shared", emails: 40 },
];

/** Jobs that end at once, with these results. */
function bulk(results: Readonly<Record<string, number>> = {}, lanes = LANES) {
  const [out, err, created]: [string[], string[], Job[]] = [[], [], []];
  let exitCode = 0;
  const deps = {
    ledger: {
      deadLetters: { count: async () => lanes },
      jobs: {
        create: async (request: object) => {
          created.push({ ...request, state: "done", wanted: null, done: 0, results, startedAt: 0 } as unknown as Job);
          return created.at(-1) as Job;
        },
        get: async (id: string) => created.find((job) => job.id === id) ?? null,
      },
    },
    context: {
      out: (line: string) => void out.push(line),
      err: (line: string) => void err.push(line),
      setExitCode: (code: 0 | 1) => void (exitCode = code),
    },
    terminal: { write: () => {} },
  };
  return { deps, out, err, created, exitCode: () => exitCode };
}

it("says how many dead letters a filter means, and asks for a job a lane over exactly these", async () => {
  const { deps, err, created, exitCode } = bulk({ replayed: 43 });
  await actOnDeadLetters(deps, "replay", SET, { rate: "20", why: "the property is back" });
  expect(err[0]).toBe("43 dead letters are meant");
  expect(created).toMatchObject([
    { kind: "dlq_replay", lane: "acme", total: 3, frozen: { until: 5, perSecond: 20 }, why: "the property is back" },
    { kind: "dlq_replay", lane: "shared", total: 40, filter: { tenant: "acme", reason: "crm_rejected" } },
  ]);
  expect(exitCode()).toBe(0);
});

it("a dry run only counts", async () => {
  const { deps, out, created } = bulk();
  await actOnDeadLetters(deps, "discard", SET, { dryRun: true });
  await actOnDeadLetters(deps, "discard", SET, { dryRun: true, json: true });
  expect(out[0]).toBe("would discard 43 dead letters");
  expect(JSON.parse(out[1] ?? "")).toEqual({ emails: 43, lanes: LANES });
  expect(created).toEqual([]);
});

it.each([{ gone: 1 }, { to_be_settled: 2 }])("exit code 1 where some could not be sent: %j", async (results) => {
  const { deps, exitCode } = bulk(results);
  await actOnDeadLetters(deps, "replay", SET, {});
  expect(exitCode()).toBe(1);
});

it("detached it prints the jobs, and does not wait; with nothing to do it asks for none", async () => {
  const { deps, out, created } = bulk();
  await actOnDeadLetters(deps, "replay", SET, { detach: true });
  expect(out).toEqual(created.map(({ id }) => id));
  const none = bulk({}, []);
  await actOnDeadLetters(none.deps, "replay", SET, {});
  expect(none.created).toEqual([]);
});

it.each(["0", "1.5", "x", "1001"])("a rate of %s makes no sense", async (rate) => {
  await expect(actOnDeadLetters(bulk().deps, "replay", SET, { rate })).rejects.toThrow(UsageError);
});
