import { BlobMissingError } from "@inlet/blob-store";
import { expect, test } from "vitest";
import { endingOf } from "./thrown-while-delivering.ts";

/** L23: it was `internal_error`, after three tries and 11 minutes. */
test.each([0, 1, 3])("a part of the email that the blob store has lost ends it at once, at attempt %i", (attempt) => {
  expect(endingOf(new BlobMissingError("gone"), attempt)).toMatchObject({ kind: "deadLetter", reason: "blob_missing" });
});

test("an error of our own code is tried again three times", () => {
  const error = new TypeError("x");
  for (const attempt of [0, 1, 2]) expect(endingOf(error, attempt)).toMatchObject({ kind: "retry", attempt: true });
  expect(endingOf(error, 3)).toMatchObject({ kind: "deadLetter", reason: "internal_error" });
});
