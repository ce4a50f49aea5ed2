import { mkdtempSync, rmSync, appendFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { createSandbox } from "./app.ts";
import type { Sandbox, SandboxOptions } from "./app.ts";
import { duplicatesIn } from "./duplicates.ts";
import { noJournal } from "./store/journal.ts";
import { CrmStore } from "./store/crm-store.ts";
import { call, CONTACTS, contact } from "../testing/call.ts";

const closing: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

function sandbox(options: SandboxOptions = {}): Sandbox {
  const made = createSandbox({ seed: false, ...options });
  closing.push(() => made.app.close());
  return made;
}

describe("what is stored", () => {
  test("survives a restart, unique values and associations too; a torn last line is dropped", async () => {
    const dataDir = mkdtempSync(join(tmpdir(), "sandbox-"));
    closing.push(() => rmSync(dataDir, { recursive: true }));
    const first = createSandbox({ dataDir });
    const made = await call(first, "POST", CONTACTS, contact("a@example.com"));
    await call(first, "PUT", `/crm/v4/objects/deals/12345/associations/default/contacts/${String(made.body["id"])}`);
    await first.app.close();
    appendFileSync(join(dataDir, "records.jsonl"), '{"kind":"object","object":{"type":"conta');

    for (let restarts = 0; restarts < 2; restarts += 1) {
      const again = createSandbox({ dataDir });
      const deal = again.store.find("deals", "12345");
      expect(deal && again.store.associated(deal, "contacts")).toHaveLength(2);
      expect((await call(again, "POST", CONTACTS, contact("A@example.com"))).status).toBe(409);
      expect((await call(again, "POST", CONTACTS, contact(`new${restarts}@example.com`))).status).toBe(201);
      await again.app.close();
    }
  });

  test("duplicates are found by looking, not by asking the unique index", () => {
    const store = new CrmStore(noJournal());
    const email = (subject: string) => ({ hs_timestamp: "1780000000000", hs_email_subject: subject });
    store.create("emails", email("twice"), 0);
    store.create("emails", email("twice"), 0);
    store.create("emails", email("once"), 0);
    const file = {
      name: "a",
      extension: "txt",
      folder: "/f",
      contentType: "",
      access: "PRIVATE",
      size: 1,
      sha256: "ab",
    };
    const times = { createdAt: 0, updatedAt: 0, archived: false };
    store.putFile({ ...file, ...times, id: "1", path: "/f/a.txt" });
    store.putFile({ ...file, ...times, id: "2", path: "/f/a-1.txt" });
    expect(duplicatesIn(store).map(({ same, ids }) => [same, ids.length])).toEqual([
      ["email content", 2],
      ["file content", 2],
    ]);
  });

  test("reset empties all and seeds deal 12345 again", async () => {
    const crm = sandbox({ seed: true });
    await call(crm, "POST", CONTACTS, contact("a@example.com"));
    expect((await call(crm, "POST", "/sandbox/reset")).status).toBe(204);
    expect((await call(crm, "GET", "/sandbox/records")).body["counts"]).toEqual({
      contacts: 1,
      companies: 1,
      deals: 1,
      emails: 0,
      tasks: 0,
      files: 0,
    });
    expect(crm.store.find("deals", "12345")?.properties["dealname"]).toBe("Acme renewal");
  });
});
