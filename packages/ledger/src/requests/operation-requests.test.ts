import { afterAll, beforeAll, expect, it } from "vitest";
import { openMemoryDatabase } from "../../testing/memory-database.ts";
import type { Database } from "../database.ts";
import { requestsOn } from "./operation-requests.ts";

let database: Database;
beforeAll(async () => {
  database = await openMemoryDatabase();
});
afterAll(async () => database.close());

const bytes = (text: string): Buffer => Buffer.from(text);

it("what is asked twice is new once, then under way, then answered; under the same key something else is told apart", async () => {
  const requests = requestsOn(database);
  const [hash, fingerprint] = [bytes("one"), bytes("hold acme")];
  const both = await Promise.all([requests.begin({ hash, fingerprint }), requests.begin({ hash, fingerprint })]);
  expect(both.map(({ state }) => state).toSorted()).toEqual(["new", "under-way"]);
  expect(await requests.begin({ hash, fingerprint: bytes("hold globex") })).toEqual({ state: "another" });
  await requests.answer(hash, bytes("done"));
  expect(await requests.begin({ hash, fingerprint })).toEqual({ state: "answered", answer: bytes("done") });
  // What was answered is not forgotten by one who was late.
  await requests.forget(hash);
  expect((await requests.begin({ hash, fingerprint })).state).toBe("answered");
});

it("what was refused may be asked again, and so may what a process left that ended", async () => {
  const requests = requestsOn(database);
  const request = { hash: bytes("two"), fingerprint: bytes("x") };
  await requests.begin(request);
  await requests.forget(request.hash);
  expect(await requests.begin(request)).toEqual({ state: "new" });
  await database.query("update operation_requests set asked_at = asked_at - interval '3 minutes' where hash = $1", [
    request.hash,
  ]);
  expect(await requests.begin(request)).toEqual({ state: "new" });
});

it("is kept for a day, and then goes a few at a time", async () => {
  const requests = requestsOn(database);
  await database.query(
    `insert into operation_requests (hash, fingerprint, asked_at, answer)
     select sha256(n::text::bytea), 'x', clock_timestamp() - interval '25 hours', 'y' from generate_series(1, 250) n`,
  );
  const countOld = async () =>
    (
      await database.query<{ n: number }>(
        "select count(*) as n from operation_requests where fingerprint = 'x' and answer = 'y'",
      )
    )[0]?.n;
  await requests.begin({ hash: bytes("three"), fingerprint: bytes("z") });
  expect(await countOld()).toBe(150);
  for (const name of ["four", "five"]) await requests.begin({ hash: bytes(name), fingerprint: bytes("z") });
  expect(await countOld()).toBe(0);
});
