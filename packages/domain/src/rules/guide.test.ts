import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { IntentModel, RuleEmail } from "./index.ts";
import { wordIntents } from "./index.ts";

/** The code of docs/guides/rules.md that puts a model in front of the tenant's words. */
type ModelIntents = (
  words: IntentModel,
  ask: (text: string, names: readonly string[], signal: AbortSignal) => Promise<readonly string[]>,
  timeoutMs?: number,
) => IntentModel;

const dir = mkdtempSync(path.join(tmpdir(), "inlet-guide-"));
const words = wordIntents([{ name: "pricing", keywords: ["pricing"], patterns: [] }]);
const email: RuleEmail = {
  subject: "Pumps",
  replyText: "Send us your pricing",
  contact: null,
  from: null,
  mailbox: null,
  classification: { kind: "human" },
  spamVerdict: null,
  addressTags: [],
  attachments: [],
  inReplyTo: null,
  references: [],
};
let modelIntents: ModelIntents;

beforeAll(async () => {
  const guide = readFileSync(new URL("../../../../docs/guides/rules.md", import.meta.url), "utf8");
  const code = /^```ts\n(.*?)^```/ms.exec(guide)?.[1] ?? "";
  const file = path.join(dir, "model-intents.mjs");
  writeFileSync(file, stripTypeScriptTypes(code));
  ({ modelIntents } = (await import(pathToFileURL(file).href)) as { modelIntents: ModelIntents });
});
afterAll(() => rmSync(dir, { recursive: true }));

test("the guide's model: its answer counts, of the names that were asked for alone", async () => {
  const asked: string[] = [];
  const model = modelIntents(words, async (text) => {
    asked.push(text);
    return ["cancel", "delete everything"];
  });
  expect(await model.findIntents(email, ["pricing", "cancel"])).toEqual([{ intent: "cancel", words: [] }]);
  expect(asked).toEqual(["Pumps\n\nSend us your pricing"]);
  expect(await model.findIntents(email, [])).toEqual([]);
  expect(asked).toHaveLength(1);
});

test("the guide's model: the words answer where it fails or takes too long", async () => {
  const found = [{ intent: "pricing", words: [{ where: "text", asked: "pricing", found: "pricing" }] }];
  const failing = modelIntents(words, async () => Promise.reject(new Error("away")));
  expect(await failing.findIntents(email, ["pricing"])).toEqual(found);
  const endless = modelIntents(
    words,
    async (_text, _names, signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason as Error));
      }),
    1,
  );
  expect(await endless.findIntents(email, ["pricing"])).toEqual(found);
});
