import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { initBlobStore } from "@inlet/blob-store";
import { buildSchemaHeader, createCodec, createLocalSchemaIds, recordHeaders } from "@inlet/event-codec";
import { topicIn, type NormalizedEvent } from "@inlet/schemas";
import { toLineRecord } from "@inlet/service";
import type { Log } from "@inlet/telemetry";
import pLimit from "p-limit";
import type { TriedDelivery, TryDeps } from "./try-deps.ts";

/** The sink's own dry run: what it says is what a delivery does. */
const SINK_DRY_RUN = fileURLToPath(new URL("../../../crm-sink/src/dry-run.ts", import.meta.url));
const TIMEOUT_MS = 45_000;

export interface PreviewSettings {
  /** Of the dry run: it reads as the sink does. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: Pick<Log, "warn">;
  /** For tests. */
  readonly program?: string;
  readonly timeoutMs?: number;
}

/** Previews one email at a time, in a process that ends with it: a slow CRM takes no memory of the console, and no place for long. */
export function createPreview({
  env,
  log,
  program = SINK_DRY_RUN,
  timeoutMs = TIMEOUT_MS,
}: PreviewSettings): TryDeps["preview"] {
  const limit = pLimit(1);
  // Records name their schema: ids mean nothing here.
  const codec = createCodec({ registry: createLocalSchemaIds() });
  return async (event) =>
    limit(async () => {
      const dir = await mkdtemp(path.join(tmpdir(), "inlet-try-"));
      try {
        const blobsUrl = pathToFileURL(dir).href;
        await initBlobStore(blobsUrl);
        const said = await run(program, ["--parsed", blobsUrl], {
          env,
          input: `${JSON.stringify({ record: await toLine(codec, event) })}\n`,
          timeoutMs,
        });
        return toDelivery(said);
      } catch (err) {
        log.warn({ err }, "the delivery of a tried email could not be previewed");
        return {
          asked: false,
          why: "The ledger and the CRM were not asked: the dry run did not come to its end. The console's log says why.",
        };
      } finally {
        await rm(dir, { recursive: true, force: true });
      }
    });
}

async function toLine(codec: ReturnType<typeof createCodec>, event: NormalizedEvent) {
  const { tenantId: tenant, eventId, lane, emailKey, parsedAt } = event;
  const schema = buildSchemaHeader("NormalizedEvent");
  return toLineRecord({
    topic: topicIn("normalizedEvents", lane),
    key: tenant,
    value: await codec.encode("NormalizedEvent", event),
    headers: recordHeaders({ tenant, eventId, lane, schema, emailKey, parsedAt, pass: 0 }),
  });
}

/** What a process says on stdout; rejects with what it says on stderr when it fails, or takes too long. */
async function run(
  program: string,
  args: readonly string[],
  { env, input, timeoutMs }: Pick<PreviewSettings, "env"> & { readonly input: string; readonly timeoutMs: number },
): Promise<string> {
  const child = spawn(process.execPath, ["--max-old-space-size=256", program, ...args], {
    env: { ...env },
    stdio: ["pipe", "pipe", "pipe"],
    timeout: timeoutMs,
    killSignal: "SIGKILL",
  });
  let [out, err] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (err = `${err}${text}`.slice(-2_000)));
  // One that dies closes its pipe; what it said is the reason.
  child.stdin.on("error", () => {});
  child.stdin.end(input);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      if (code === 0) resolve(out);
      else reject(new Error(`the dry run failed: ${err.trim() || "no answer in time"}`));
    });
  });
}

function toDelivery(said: string): TriedDelivery {
  const lines = said.split("\n").filter((line) => line.startsWith("{"));
  for (const line of lines) {
    const { email } = JSON.parse(line) as { email?: Omit<Extract<TriedDelivery, { asked: true }>, "asked"> };
    if (email === undefined) continue;
    const { result, reason, detail, changes, evidence, warnings, calls } = email;
    return { asked: true, result, reason, detail, changes, evidence, warnings, calls };
  }
  // An email that would change nothing is counted only.
  if (lines.some((line) => line.includes('"summary"')))
    return {
      asked: true,
      result: "unchanged",
      reason: null,
      detail: null,
      changes: [],
      evidence: {},
      warnings: [],
      calls: 0,
    };
  throw new Error("the dry run said nothing");
}
