import type { Job } from "@inlet/ledger";
import { expect, it } from "vitest";
import type { Operator } from "../operate/operator.ts";
import { actOnDeadLetters } from "./act-on-dead-letters.ts";

const LANES = [
  { lane: "acme", emails: 3 },
  { lane: "shared", emails: 40 },
];
const FILTER = { eventIds: [], tenant: "acme", reason: "crm_rejected", rate: 20 };

/** Jobs that end at once, with these results. */
function bulk(results: Readonly<Record<string, number>> = {}, lanes = LANES) {
  const [out, err, asked]: [string[], string[], object[]] = [[], [], []];
  let exitCode = 0;
  const jobs = lanes.map(
    ({ lane, emails }) =>
      ({
        id: `dlq_${lane}`,
        lane,
        total: emails,
        state: "done",
        wanted: null,
        done: 0,
        results,
        startedAt: 0,
      }) as unknown as Job,
  );
  const emails = lanes.reduce((sum, each) => sum + each.emails, 0);
  const operator = {
    call: async (_: unknown, body: object) => {
      asked.push(body);
      return { emails, jobs, sent: [], refused: [], discarded: [] };
    },
    measure: async () => ({ emails, tenants: ["acme"], oldestAt: 1, newestAt: 2, calls: 0, parts: lanes }),
    jobs: { get: async (id: string) => jobs.find((job) => job.id === id) ?? null },
  } as unknown as Operator;
  const context = {
    out: (line: string) => void out.push(line),
    err: (line: string) => void err.push(line),
    setExitCode: (code: 0 | 1) => void (exitCode = code),
    isTerminal: false,
  };
  return {
    deps: { operator, context, terminal: { write: () => {} } },
    out,
    err,
    asked,
    jobs,
    exitCode: () => exitCode,
  };
}

it("says how many dead letters a filter means, and follows a job a lane", async () => {
  const { deps, err, asked, exitCode } = bulk({ replayed: 43 });
  await actOnDeadLetters(deps, "replay", FILTER, {});
  expect(asked).toEqual([FILTER]);
  expect(err[0]).toBe("43 dead letters are meant");
  expect(exitCode()).toBe(0);
});

it("a dry run only counts", async () => {
  const { deps, out, asked } = bulk();
  await actOnDeadLetters(deps, "discard", FILTER, { dryRun: true });
  await actOnDeadLetters(deps, "discard", FILTER, { dryRun: true, json: true });
  expect(out[0]).toBe("would discard 43 dead letters");
  expect(JSON.parse(out[1] ?? "")).toEqual({ emails: 43, lanes: LANES });
  expect(asked).toEqual([]);
});

it.each([{ gone: 1 }, { to_be_settled: 2 }])("exit code 1 where some could not be sent: %j", async (results) => {
  const { deps, exitCode } = bulk(results);
  await actOnDeadLetters(deps, "replay", FILTER, {});
  expect(exitCode()).toBe(1);
});

it("detached it prints the jobs, and does not wait", async () => {
  const { deps, out, jobs, exitCode } = bulk();
  await actOnDeadLetters(deps, "replay", FILTER, { detach: true });
  expect(out).toEqual(jobs.map(({ id }) => id));
  expect(exitCode()).toBe(0);
});
