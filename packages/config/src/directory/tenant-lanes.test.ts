import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { tenantLanes } from "./tenant-lanes.ts";

const dir = mkdtempSync(path.join(tmpdir(), "inlet-lanes-"));
afterAll(() => rmSync(dir, { recursive: true }));

describe("lanes of tenant files (N6)", () => {
  test("are read whatever else is wrong: a secret that this shell lacks, a missing part, broken YAML", () => {
    writeFileSync(path.join(dir, "acme.yaml"), 'isolation: dedicated\ncrm: { kind: hubspot, token: "env:NOT_HERE" }\n');
    writeFileSync(path.join(dir, "globex.yaml"), "name: no sources, no CRM\nmailboxes: { sales: {}, support: 7 }\n");
    writeFileSync(path.join(dir, "initech.yaml"), "name: [\n");
    writeFileSync(path.join(dir, "umbrella.yaml"), "");
    expect(tenantLanes(dir)).toEqual([
      { id: "acme", lane: "acme", mailboxes: [] },
      { id: "globex", lane: "shared", mailboxes: ["sales", "support"] },
      { id: "initech", lane: null, mailboxes: [] },
      { id: "umbrella", lane: "shared", mailboxes: [] },
    ]);
  });

  test("a directory that is not there has none", () => {
    expect(tenantLanes(path.join(dir, "nowhere"))).toEqual([]);
  });
});
