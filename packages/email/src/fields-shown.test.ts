import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const root = new URL("../../../test/emails/", import.meta.url);
const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
/** Fields that need the tenant, the delivery or the clock, or that a file would only repeat; tests of `normalize` and `identify` have them. */
const OF_THE_DELIVERY = [
  "eventId",
  "tenantId",
  "emailKey",
  "conversationId",
  "lane",
  "receivedAt",
  "parsedAt",
  "source",
  "mailbox",
  "envelope",
  "rawRef",
  "headers",
  "contentHash",
  "bcc",
  "sender",
];

interface Shown {
  readonly kind: string;
  readonly name: string;
  readonly expected: Readonly<Record<string, unknown>>;
}

const shown: Shown[] = readdirSync(root, { recursive: true, encoding: "utf8" })
  .map((file) => file.replaceAll("\\", "/"))
  .filter((file) => file.endsWith(".expected.json"))
  .toSorted()
  .map((file) => {
    const [kind = "", ...name] = file.replace(".expected.json", "").split("/");
    const expected = JSON.parse(readFileSync(new URL(file, root), "utf8")) as Readonly<Record<string, unknown>>;
    return { kind, name: name.join("/"), expected };
  });

/** A mail of each kind whose expectation names the field, up to four: the shortest names say most. */
function rows(): string[][] {
  const fields = [...new Set(shown.flatMap(({ expected }) => Object.keys(expected)))].toSorted();
  return fields.map((field) => {
    const mails = shown.filter(({ expected }) => field in expected);
    const examples = mails
      .toSorted((a, b) => a.name.length - b.name.length || a.name.localeCompare(b.name))
      .filter((mail, index, all) => all.findIndex(({ kind }) => kind === mail.kind) === index)
      .slice(0, 4);
    return [`\`${field}\``, String(mails.length), examples.map(({ kind, name }) => `${kind}/${name}`).join(", ")];
  });
}

/** UN1: what the README says is understood is what mails of the catalog prove. */
test("the README shows each field with the mails that prove it", () => {
  const expected = [["field", "mails", "among them"], ...rows()];
  const from = readme.indexOf("<!-- fields -->");
  const to = readme.indexOf("<!-- /fields -->");
  expect(from !== -1 && to > from, "README has the marks of fields").toBe(true);
  const found = readme
    .slice(from, to)
    .split("\n")
    .filter((line) => line.startsWith("|") && !/^\|[ -]+\|[ |-]+$/.test(line))
    .map((line) =>
      line
        .slice(1, -1)
        .split("|")
        .map((cell) => cell.trim()),
    );
  const should = expected.map((row) => `| ${row.join(" | ")} |`).join("\n");
  expect(found, `README between the marks should be:\n${should}`).toEqual(expected);
});

test("every field that a message alone decides is proved by a mail of the catalog", () => {
  const schema = JSON.parse(
    readFileSync(new URL("../../../schemas/normalized-events/NormalizedEvent.v2.avsc", import.meta.url), "utf8"),
  ) as { fields: { name: string }[] };
  const proved = new Set(shown.flatMap(({ expected }) => Object.keys(expected)));
  const missing = schema.fields.map(({ name }) => name).filter((name) => !proved.has(name));
  expect(missing.filter((name) => !OF_THE_DELIVERY.includes(name))).toEqual([]);
});
