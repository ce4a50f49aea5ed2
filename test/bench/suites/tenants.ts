import { writeFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { openTenantDirectory } from "@inlet/config";
import type { Tenants } from "@inlet/config";
import { buildRecipients } from "@inlet/mailboxes";
import { under, type Bar, type Bench, type Cell, type Report } from "../suite.ts";

export const name = "tenants";
export const about =
  "10,000 tenant files against one: loading, taking over a change, looking for changes, and what a lookup costs a request; no Kafka";

const COUNTS = [1, 10_000];
/** As loadTenants looks for changes, ms. */
const POLL_MS = 2000;
const LOOKUPS = 200_000;
const env = { SECRET: "secret-of-the-bench-0001", TOKEN: "token-of-the-bench" };

interface Measured {
  readonly loadS: number;
  readonly changeMs: number;
  readonly lookCpuMs: number;
  readonly indexMs: number;
  readonly tenantNs: number;
  readonly recipientNs: number;
}

export async function run(bench: Bench): Promise<Report> {
  const measured: Measured[] = [];
  for (const count of COUNTS) {
    bench.note(`${count} tenant files`);
    measured.push(await measure(bench, count));
  }
  const [one, many] = measured as [Measured, Measured];
  const rows = (
    [
      ["load all at start, s", "loadS"],
      ["take over one changed file (two looks), ms", "changeMs"],
      ["CPU of one look without a change, ms", "lookCpuMs"],
      ["index of all addresses, once after a change, ms", "indexMs"],
      ["find a tenant by id, ns", "tenantNs"],
      ["find a recipient's mailbox, ns", "recipientNs"],
    ] as const
  ).map(([what, key]): Cell[] => [what, one[key], many[key], many[key] / one[key]]);
  const bars: Bar[] = [
    under("10,000 files: loaded, s", 10, many.loadS),
    under("10,000 files: share of one CPU taken by looking for changes, %", 1, (many.lookCpuMs / POLL_MS) * 100),
    under("10,000 tenants: find a tenant by id, µs", 1, many.tenantNs / 1000),
    under("10,000 tenants: find a recipient's mailbox, µs", 20, many.recipientNs / 1000),
  ];
  return { tables: [{ title: "Tenants", columns: ["what", "1", "10,000", "ratio"], rows }], bars };
}

async function measure(bench: Bench, count: number): Promise<Measured> {
  const dir = path.join(bench.dir, String(count));
  await mkdir(dir);
  for (let n = 0; n < count; n += 1) write(dir, n, "Tenant");
  const started = performance.now();
  const { tenants, look } = openTenantDirectory({ dir, env });
  const loadS = (performance.now() - started) / 1000;
  if (tenants.all().length !== count) throw new Error(`${tenants.all().length} of ${count} tenants were loaded`);

  // Beyond the first round: a directory that was just written looks changed.
  await look();
  const cpu = process.cpuUsage();
  const rounds = Math.max(5, bench.seconds * 5);
  for (let round = 0; round < rounds; round += 1) {
    bench.signal.throwIfAborted();
    await look();
  }
  const { user, system } = process.cpuUsage(cpu);
  const lookCpuMs = (user + system) / 1000 / rounds;

  const changing = performance.now();
  write(dir, count - 1, "Changed");
  // A change of a file in place is found in its turn; a new name in the directory makes every file's turn now, as a rename does.
  writeFileSync(path.join(dir, ".touch"), "");
  await look();
  await look();
  const changeMs = performance.now() - changing;
  if (tenants.get(toTenantId(count - 1))?.name !== "Changed") throw new Error("the change was not taken over");

  const indexing = performance.now();
  buildRecipients(tenants.all()).find("no-one@elsewhere.example");
  const indexMs = performance.now() - indexing;
  return { loadS, changeMs, lookCpuMs, indexMs, ...lookups(tenants, count) };
}

/** Of tenants all over the list, so that no cache holds just one. */
function lookups(tenants: Pick<Tenants, "get" | "all">, count: number): { tenantNs: number; recipientNs: number } {
  const numbers = Array.from({ length: 1000 }, (_, n) => (n * 7919) % count);
  const ids = numbers.map(toTenantId);
  const addresses = numbers.map((n) => `campaign-q2+vip@t${n}.example`);
  return {
    tenantNs: nanoseconds((n) => tenants.get(ids[n % 1000] as string)?.id === ids[n % 1000]),
    recipientNs: nanoseconds(
      (n) => buildRecipients(tenants.all()).find(addresses[n % 1000] as string).kind === "mailbox",
    ),
  };
}

/** Of one call, after as many to warm up. Throws when a call finds nothing. */
function nanoseconds(found: (n: number) => boolean): number {
  for (let n = 0; n < LOOKUPS; n += 1) if (!found(n)) throw new Error("a lookup found nothing");
  const started = performance.now();
  for (let n = 0; n < LOOKUPS; n += 1) found(n);
  return ((performance.now() - started) * 1e6) / LOOKUPS;
}

function toTenantId(n: number): string {
  return `t${n}`;
}

function write(dir: string, n: number, tenantName: string): void {
  writeFileSync(
    path.join(dir, `${toTenantId(n)}.yaml`),
    `name: ${tenantName}
sources:
  json: { kind: signed-json, secrets: [env:SECRET] }
  mime: { kind: raw-mime, secrets: [env:SECRET] }
mailboxes:
  sales: { addresses: [sales@t${n}.example] }
  campaigns: { addresses: ["campaign-{campaign}@t${n}.example"], tags: { product: pump } }
outbound: { secrets: [env:SECRET] }
crm: { kind: hubspot, token: env:TOKEN }
`,
  );
}
