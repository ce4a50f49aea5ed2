import type { UsedAttempts } from "@inlet/domain";
import { expect, test } from "vitest";
import { toThrownDisposition } from "./disposition.ts";

function thrown(name: string): Error {
  const error = new Error("x");
  error.name = name;
  return error;
}

/** L23: it was `internal_error`, after three tries and 11 minutes. */
test.each<UsedAttempts>([{}, { unexpected: 1 }, { crm: 3, unexpected: 3 }])(
  "a part of the email that the blob store has lost ends it at once, with %j used up",
  (attempts) => {
    const disposition = toThrownDisposition(thrown("BlobMissingError"), "deliver", { attempts, random: 0.5 });
    expect(disposition).toMatchObject({ kind: "deadLetter", reason: "blob_missing" });
  },
);

test.each<[what: string, used: UsedAttempts, delayMs: number | null]>([
  ["the first time", {}, 5_000],
  ["the second time", { unexpected: 1 }, 60_000],
  ["the third time", { unexpected: 2 }, 600_000],
  ["when its tries are used up", { unexpected: 3 }, null],
  ["the first time, of an email that has used three retries at its CRM", { crm: 3 }, 5_000],
  ["the first time, of an email that has used all its fetches", { fetch: 5 }, 5_000],
])("an error of our own code, %s", (_, attempts, delayMs) => {
  for (const step of ["parse", "deliver"] as const)
    expect(toThrownDisposition(new TypeError("x"), step, { attempts, random: 0.5 })).toMatchObject(
      delayMs === null
        ? { kind: "deadLetter", reason: "internal_error", step }
        : { kind: "retry", code: "unexpected_error", attempt: "unexpected", delayMs },
    );
});
