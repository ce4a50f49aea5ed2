import type { UsedAttempts } from "@inlet/domain";
import { createMemoryBlobStore } from "@inlet/blob-store";
import type { AttachmentPolicy } from "@inlet/config";
import { parseMime, type ParsedAttachment } from "@inlet/email";
import { beforeEach, expect, test } from "vitest";
import type { Delivery, ParserDeps } from "../intake/incoming-delivery.ts";
import type { Fetched } from "../fetch/fetch-attachment.ts";
import type { Scan } from "../scan/scanner.ts";
import { storeAttachments } from "./store-attachments.ts";

const POLICY: AttachmentPolicy = {
  maxBytes: 1_000,
  maxTotalBytes: 1_500,
  allowedTypes: null,
  refusedTypes: [],
  refusedExtensions: ["exe"],
  archives: "allow",
  onRefusal: "drop",
  scannerAway: "hold",
  unscannable: "pass",
};
const blobs = createMemoryBlobStore();
beforeEach(() => {
  for (const key of blobs.keys()) blobs.tamper(key, null);
});

interface Case {
  readonly policy?: Partial<AttachmentPolicy>;
  readonly scan?: (bytes: Uint8Array) => Scan;
  readonly fetched?: Fetched;
  readonly attempts?: UsedAttempts;
}

async function stored(files: readonly ParsedAttachment[], { policy, scan, fetched, attempts = {} }: Case = {}) {
  const deps = {
    blobs,
    random: () => 0,
    fetchAttachment: async () => fetched as Fetched,
    scanner: scan === undefined ? null : { scan: async (bytes: Uint8Array) => scan(bytes), ready: async () => true },
  } as unknown as ParserDeps;
  const delivery = {
    event: { tenantId: "demo", receivedAt: 0 },
    tenant: { attachments: { ...POLICY, ...policy } },
    attempts,
  } as unknown as Delivery;
  return storeAttachments(deps, delivery, files);
}

/** Files as the parser makes them of an email. */
async function parseFiles(
  ...files: readonly (readonly [name: string, content: string])[]
): Promise<ParsedAttachment[]> {
  const parts = files.map(
    ([name, content]) =>
      `--b\r\nContent-Type: application/octet-stream; name="${name}"\r\nContent-Disposition: attachment\r\n\r\n${content}\r\n`,
  );
  const result = await parseMime(
    Buffer.from(`From: a@b.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n${parts.join("")}--b--\r\n`),
  );
  if (!result.ok) throw new Error(result.fault.message);
  return result.email.attachments;
}

function verdicts(outcome: Awaited<ReturnType<typeof stored>>): unknown {
  if (outcome.kind !== "ok") return outcome;
  const { attachments, warnings } = outcome.value;
  return { verdicts: attachments.map(({ verdict, blob }) => [verdict, blob !== null]), warnings };
}

test("what is let through is stored; what is refused is not, and the email says why", async () => {
  const files = await parseFiles(
    ["a.txt", "x".repeat(900)],
    ["b.exe", "MZ"],
    ["c.txt", "y".repeat(900)],
    ["d.txt", "z"],
  );
  expect(verdicts(await stored(files))).toEqual({
    verdicts: [
      ["unscanned", true],
      ["refused", false],
      ["refused", false],
      ["unscanned", true],
    ],
    warnings: ["attachment_refused: extension", "attachment_refused: total_too_large"],
  });
  expect(blobs.keys()).toHaveLength(2);
});

test("malware is neither stored nor passed on; the rest of the email goes on", async () => {
  const files = await parseFiles(["good.txt", "good"], ["bad.txt", "bad"]);
  const scan = (bytes: Uint8Array): Scan =>
    Buffer.from(bytes).includes("bad") ? { kind: "infected", signature: "Eicar" } : { kind: "clean" };
  expect(verdicts(await stored(files, { scan }))).toEqual({
    verdicts: [
      ["clean", true],
      ["infected", false],
    ],
    warnings: ["attachment_infected: Eicar"],
  });
  expect(blobs.keys()).toHaveLength(1);
  expect(await stored(files, { scan, policy: { onRefusal: "dead-letter" } })).toEqual({
    kind: "deadLetter",
    reason: "attachment_refused",
    step: "attachments",
    detail: "attachment_infected: Eicar",
  });
});

test("with the scanner away the email waits without using up an attempt, or passes with a mark", async () => {
  const files = await parseFiles(["a.txt", "a"]);
  const scan = (): Scan => ({ kind: "away", code: "ECONNREFUSED" });
  expect(await stored(files, { scan })).toMatchObject({ kind: "retry", code: "scanner_away", attempt: null });
  expect(blobs.keys()).toEqual([]);
  expect(verdicts(await stored(files, { scan, policy: { scannerAway: "pass" } }))).toEqual({
    verdicts: [["unscanned", true]],
    warnings: ["attachment_unscanned: scanner_away"],
  });
});

test("what cannot be scanned passes with a mark, or is refused", async () => {
  const files = await parseFiles(["a.zip", "a"]);
  const scan = (): Scan => ({ kind: "unscannable", why: "encrypted" });
  expect(verdicts(await stored(files, { scan }))).toEqual({
    verdicts: [["unscanned", true]],
    warnings: ["attachment_unscanned: encrypted"],
  });
  expect(verdicts(await stored(files, { scan, policy: { unscannable: "refuse" } }))).toEqual({
    verdicts: [["refused", false]],
    warnings: ["attachment_refused: unscannable, encrypted"],
  });
});

test("what is given by URL is judged by what was fetched", async () => {
  const [file] = await parseFiles(["report.pdf", ""]);
  const byUrl = [{ ...(file as ParsedAttachment), bytes: null, sha256: "", downloadUrl: "https://files.example/1" }];
  const page = { kind: "ok", bytes: Buffer.from("<html><form>") } as const;
  expect(verdicts(await stored(byUrl, { fetched: page }))).toEqual({
    verdicts: [["refused", false]],
    warnings: ["attachment_refused: disguised"],
  });
  const pdf = await stored(byUrl, { fetched: { kind: "ok", bytes: Buffer.from("%PDF-1.7 x") } });
  expect(pdf).toMatchObject({
    value: { attachments: [{ sniffedType: "application/pdf", size: 10, verdict: "unscanned" }] },
  });
  expect(verdicts(await stored(byUrl, { fetched: { kind: "gone", code: "404" } }))).toEqual({
    verdicts: [["unavailable", false]],
    warnings: ["attachment_unavailable"],
  });
  const passing = { kind: "passing", code: "attachment_url:503" } as const;
  expect(await stored(byUrl, { fetched: passing })).toMatchObject({ kind: "retry", attempt: "fetch" });
  expect(verdicts(await stored(byUrl, { fetched: passing, attempts: { fetch: 5 } }))).toMatchObject({
    verdicts: [["unavailable", false]],
  });
});

test("what the provider's scan found infected is not stored, also where a scanner here calls it clean", async () => {
  const files = (await parseFiles(["a.txt", "x"])).map((file) => ({ ...file, verdict: "infected" }));
  expect(verdicts(await stored(files, { scan: () => ({ kind: "clean" }) }))).toEqual({
    verdicts: [["infected", false]],
    warnings: ["attachment_infected: the provider's scan"],
  });
});
