import { expect, test } from "vitest";
import { readRepository, report, type RepositoryFile } from "./repository.ts";

/** A log line of one email that shows an error's message: a library's error may quote the email. */
const SHOWS_MESSAGE =
  /\berr(?:or)?: errorForLog\([^)]*\)[^{}]*\bevent_id\b|\bevent_id\b[^{}]*\berr(?:or)?: errorForLog\(/;

test("an error that is logged of one email is logged without its message", () => {
  const files = readRepository().filter(
    ({ path }) => /^(?:services|packages)\/[^/]+\/src\/.*\.ts$/.test(path) && !path.endsWith(".test.ts"),
  );
  report("errors of emails", { files: files.length });
  expect(findShown(files)).toEqual([]);
});

test("planted: a line of an email that shows the message, and one that hides it", () => {
  const planted: RepositoryFile[] = [
    { path: "a.ts", text: "log.warn({ err: errorForLog(error), tenant, event_id: eventId }, what);" },
    { path: "b.ts", text: "log.warn({ tenant, event_id: eventId, err: errorForLog(error) }, what);" },
    { path: "c.ts", text: "log.warn({ err: hideMessages(errorForLog(error)), event_id: eventId }, what);" },
    { path: "d.ts", text: "log.warn({ err: errorForLog(error) }, what); log.info({ event_id }, what);" },
  ];
  expect(findShown(planted)).toEqual(["a.ts", "b.ts"]);
});

function findShown(files: readonly RepositoryFile[]): string[] {
  return files.filter(({ text }) => SHOWS_MESSAGE.test(text)).map(({ path }) => path);
}
