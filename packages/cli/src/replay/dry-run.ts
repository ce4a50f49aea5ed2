import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import type { RawEnvironment } from "@inlet/config";
import type { Selected } from "@inlet/operations";
import { CommandFailed, INLET_ROOT, type CliContext } from "../context.ts";
import { count, describeResults } from "../jobs/describe-job.ts";

/** As `services/crm-sink` tells it (its `replay/dry-run.ts`): the steps of a delivery are the service's own. */
interface Change {
  readonly record: string;
  readonly field: string | null;
  readonly from: string | null;
  readonly to: string | null;
  readonly result: "new" | "write" | "keep" | "not_fired";
}
export interface PreviewedEmail {
  readonly tenant: string;
  readonly eventId: string;
  readonly result: string;
  readonly reason: string | null;
  readonly detail: string | null;
  readonly changes: readonly Change[];
  readonly calls: number;
}
export interface DryRunSummary {
  readonly emails: number;
  readonly results: Readonly<Record<string, number>>;
  readonly calls: number;
  readonly reads: number;
  readonly tenants: Readonly<
    Record<string, { readonly emails: number; readonly calls: number; readonly minutes: number }>
  >;
}

/** Emails that are shown one by one to a person; JSON has all. */
const MOST_SHOWN = 50;
/** Of a field's value. */
const MOST_CHARACTERS = 60;

/** `inlet replay --dry-run`: says what would become of each email, and writes nothing. */
export async function showDryRun(
  context: CliContext,
  env: RawEnvironment,
  selected: readonly Selected[],
  { json }: { readonly json: boolean },
): Promise<void> {
  const emails: PreviewedEmail[] = [];
  let summary: DryRunSummary | null = null;
  await readLines(env, selected, (line) => {
    if ("email" in line) emails.push(line.email as PreviewedEmail);
    if ("summary" in line) summary = line.summary as DryRunSummary;
    if ("email" in line && !json && emails.length <= MOST_SHOWN)
      context.out(describePreview(line.email as PreviewedEmail));
  });
  if (summary === null) throw new CommandFailed("the dry run did not come to its end");
  if (json) {
    context.out(JSON.stringify({ ...(summary as DryRunSummary), previews: emails }, null, 2));
    return;
  }
  if (emails.length > MOST_SHOWN) context.out(`… and ${count(emails.length - MOST_SHOWN)} more: --json has all`);
  context.out(describeSummary(summary));
}

/** The sink previews; of a replay of the parser what the parser's own dry run hands to it. */
async function readLines(
  env: RawEnvironment,
  selected: readonly Selected[],
  hear: (line: Record<string, unknown>) => void,
): Promise<void> {
  const requests = JSON.stringify(selected);
  if (selected.every(({ service }) => service === "crm-sink")) {
    await listen(startDryRun("crm-sink", [requests], env), hear);
    return;
  }
  const dir = await mkdtemp(path.join(tmpdir(), "inlet-dry-run-"));
  try {
    const blobsUrl = pathToFileURL(dir).href;
    const parser = startDryRun("parser", [requests, blobsUrl], env);
    const sink = startDryRun("crm-sink", ["--parsed", blobsUrl], env);
    parser.child.stdout.pipe(sink.child.stdin);
    // One that dies closes its pipe; what it said is the reason.
    sink.child.stdin.on("error", () => {});
    await Promise.all([listen(sink, hear), parser.ended]);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

interface DryRunProcess {
  readonly child: ReturnType<typeof spawnDryRun>;
  /** Rejects with what it said when it failed. */
  readonly ended: Promise<void>;
}

function spawnDryRun(main: string, args: readonly string[], env: RawEnvironment) {
  return spawn(process.execPath, [main, ...args], { env: { ...env }, stdio: ["pipe", "pipe", "pipe"] });
}

function startDryRun(service: "parser" | "crm-sink", args: readonly string[], env: RawEnvironment): DryRunProcess {
  const main = path.join(INLET_ROOT, "services", service, "src", "dry-run.ts");
  if (!existsSync(main)) throw new CommandFailed(`services/${service} is not there: a dry run needs it`);
  const child = spawnDryRun(main, args, env);
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (said = `${said}${text}`.slice(-2_000)));
  const ended = new Promise<void>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      if (code === 0) resolve();
      else reject(new CommandFailed(`the dry run failed: ${said.trim()}`));
    });
  });
  // Awaited when its lines have been read.
  ended.catch(() => {});
  return { child, ended };
}

async function listen({ child, ended }: DryRunProcess, hear: (line: Record<string, unknown>) => void): Promise<void> {
  for await (const line of createInterface({ input: child.stdout }))
    if (line.startsWith("{")) hear(JSON.parse(line) as Record<string, unknown>);
  await ended;
}

/** One email: what would become of it, and each field as it is and as it would be. */
export function describePreview({ tenant, eventId, result, reason, detail, changes }: PreviewedEmail): string {
  const why = [reason, detail].filter((each) => each !== null).join(": ");
  const lines = changes.map((change) => `    ${describeChange(change)}`);
  return [`${eventId}  ${tenant}  ${WORDS[result] ?? result}${why === "" ? "" : ` (${why})`}`, ...lines].join("\n");
}

const WORDS: Readonly<Record<string, string>> = {
  unchanged: "unchanged",
  changed: "would write",
  kept: "would keep: a person changed it in the CRM since",
  suppressed: "would be suppressed",
  dead_lettered: "would dead-letter",
  waiting: "would wait",
  skipped: "would be passed over",
};

function describeChange({ record, field, from, to, result }: Change): string {
  if (result === "new") return `${record}: new`;
  if (result === "not_fired") return `${record}: would not fire, since it happens once an email (${to ?? ""})`;
  const diff = `${record}.${field ?? ""}: ${show(from)} → ${show(to)}`;
  return result === "keep" ? `${diff}, kept: the CRM has it from a person` : diff;
}

function show(value: string | null): string {
  if (value === null) return "(not said)";
  const line = value.replaceAll(/\s+/g, " ");
  return JSON.stringify(line.length > MOST_CHARACTERS ? `${line.slice(0, MOST_CHARACTERS)}…` : line);
}

/** Totals, calls, and minutes at each tenant's pace. */
export function describeSummary({ emails, results, calls, reads, tenants }: DryRunSummary): string {
  const paced = Object.entries(tenants).filter(([, each]) => each.calls > 0);
  return [
    `${count(emails)} emails: ${describeResults(results) || "none"}`,
    `${count(calls)} calls to the CRM; ${count(reads)} were made to look, nothing was written`,
    ...paced.map(
      ([tenant, each]) => `  ${tenant}: ${count(each.calls)} calls, ${each.minutes} minutes at a fifth of its quota`,
    ),
  ].join("\n");
}
