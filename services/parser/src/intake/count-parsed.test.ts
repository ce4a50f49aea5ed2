import { deadLetter, ok } from "@inlet/domain";
import { metrics } from "@inlet/telemetry";
import { expect, test } from "vitest";
import { countParsed, toCountedEmail, type CountedEmail } from "./count-parsed.ts";

const TENANT = "count-parsed";

async function read(): Promise<Record<string, number>> {
  const found = [...(await metrics.bodies.get()).values, ...(await metrics.spamVerdicts.get()).values];
  const own = found.filter(({ labels }) => labels.tenant === TENANT);
  return Object.fromEntries(own.map(({ labels, value }) => [labels.content ?? labels.verdict, value]));
}

test.each<[text: string | null, html: string | null, verdict: string | null, content: string, spam: string]>([
  ["words", null, "ham", "text", "ham"],
  [null, "<p>words</p>", "spam", "html", "spam"],
  ["words", "<p>words</p>", null, "both", "none"],
  [null, null, "another filter's word", "none", "none"],
])("an email with text %s, html %s, verdict %s", (text, html, spamVerdict, content, spam) => {
  const event = { text, html, spamVerdict, classification: { kind: "human", reasons: [] } };
  const counted = toCountedEmail(event);
  expect(counted).toEqual({ class: "human", content, spam });
  countParsed(TENANT, ok(counted));
});

test("each is counted by content and by verdict, and nothing of what was not parsed", async () => {
  const before = await read();
  for (const [content, spam] of [
    ["text", "ham"],
    ["html", "spam"],
    ["both", "none"],
    ["none", "none"],
  ] as [CountedEmail["content"], CountedEmail["spam"]][])
    countParsed(TENANT, ok({ class: "human", content, spam }));
  countParsed(TENANT, deadLetter("parse_timeout", "parse", "x"));
  countParsed(TENANT, { kind: "suppress", reason: "spam" });
  const after = await read();
  const change = Object.entries(after).map(([key, value]) => [key, value - (before[key] ?? 0)]);
  // `none` is of both.
  expect(Object.fromEntries(change)).toMatchObject({ text: 1, html: 1, both: 1, ham: 1, spam: 1 });
});
