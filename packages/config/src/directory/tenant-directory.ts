import { join } from "node:path";
import type { RawEnvironment } from "@inlet/settings";
import type { TenantReading } from "../tenant/read-tenant.ts";
import { GONE, listTenantFiles, readFile, stampNow, stampSoon } from "./tenant-files.ts";
import { ConfigError } from "../types.ts";
import type { ConfigFault, TenantConfig, Tenants } from "../types.ts";

export interface LoadTenantsOptions {
  readonly dir: string;
  readonly env: RawEnvironment;
  /** Called after a reload that changed what is in force, with the ids that changed, came or went. */
  readonly onReload?: (changed: readonly string[]) => void;
  /** Called when the faults of files that are not in force change; with an empty list when all are repaired. */
  readonly onFault?: (faults: readonly ConfigFault[]) => void;
  /** How often the files are looked at, ms. Default 2 000. Polling, since watches miss changes on network and bind mounts. */
  readonly pollMs?: number;
  /** Files looked at each time while the directory itself has not changed; the next ones follow the next time. Default 500. */
  readonly filesPerLook?: number;
}

/** Files read in one go while mail is served: a few ms. */
const FILES_PER_TURN = 10;

interface Entry {
  readonly path: string;
  readonly reading: TenantReading;
  readonly lastGood: TenantConfig | null;
  /** Of the file, then of each secret's file. */
  readonly stamps: readonly string[];
}

/** The directory as it is now, without a clock: {@link loadTenants} is it with one. `look` takes over what changed since. Throws as {@link loadTenants}; looks must not overlap. */
export function openTenantDirectory({ dir, env, onReload, onFault, filesPerLook = 500 }: LoadTenantsOptions): {
  readonly tenants: Omit<Tenants, "close">;
  readonly look: () => Promise<void>;
} {
  const entries = new Map<string, Entry>();
  /** Stamps seen once that differ from those in force, by id. */
  const unsettled = new Map<string, string>();
  let dirStamp = stampNow(dir);
  let listed = listTenantFiles(dir);
  let saidOfDirectory = JSON.stringify(listed.faults);
  let inForce: ReadonlyMap<string, TenantConfig> = new Map();
  let list: readonly TenantConfig[] = [];
  let faults: readonly ConfigFault[] = [];
  /** Ids still to be looked at before the round begins again. */
  let round: string[] = [];

  function take(id: string, path: string): void {
    // Before it is read: what changes meanwhile differs from it at the next look.
    const stamp = stampNow(path);
    const reading = readFile(id, path, env, dir);
    const stamps = [stamp, ...reading.secretFiles.map(stampNow)];
    entries.set(id, { path, reading, stamps, lastGood: reading.tenant ?? entries.get(id)?.lastGood ?? null });
  }

  function putInForce(): void {
    const sorted = [...entries].toSorted(([left], [right]) => (left < right ? -1 : 1));
    inForce = new Map(sorted.flatMap(([id, { lastGood }]) => (lastGood === null ? [] : [[id, lastGood] as const])));
    list = [...inForce.values()];
    faults = [...listed.faults, ...sorted.flatMap(([, { reading }]) => reading.faults)];
  }

  for (const [id, path] of listed.files) take(id, path);
  putInForce();
  if (inForce.size === 0) {
    const remedy = "Add <id>.yaml, such as config/tenants/demo.yaml";
    throw new ConfigError(
      faults.length > 0 ? faults : [{ where: dir, field: "", problem: "holds no tenant files", remedy }],
    );
  }
  if (faults.length > 0) onFault?.(faults);

  /** Ids to look at now: all when files came, went or were replaced; else the next of the round, and what was unsettled. */
  async function idsToLookAt(): Promise<readonly string[]> {
    const stamp = await stampSoon(dir);
    const changed = stamp !== dirStamp;
    if (changed || round.length === 0) {
      dirStamp = stamp;
      listed = listTenantFiles(dir);
      // A directory that cannot be read says nothing about its tenants: all stay.
      round = listed.readable ? [...new Set([...entries.keys(), ...listed.files.map(([id]) => id)])] : [];
    }
    return [...new Set([...unsettled.keys(), ...round.splice(0, changed ? round.length : filesPerLook)])];
  }

  /** Whether the file differs from what is in force, as two looks in a row saw. */
  async function settledChange(id: string): Promise<"none" | "gone" | "changed"> {
    const entry = entries.get(id);
    const path = entry?.path ?? join(dir, `${id}.yaml`);
    const stamps = await Promise.all([path, ...(entry?.reading.secretFiles ?? [])].map(stampSoon));
    const same = stamps.every((stamp, index) => stamp === entry?.stamps[index]);
    const seen = stamps.join(" ");
    const before = unsettled.get(id);
    unsettled.delete(id);
    if (same) return "none";
    if (before !== seen) {
      unsettled.set(id, seen);
      return "none";
    }
    return stamps[0] === GONE ? "gone" : "changed";
  }

  async function look(): Promise<void> {
    const faultsBefore = faults;
    const before = inForce;
    let touched = false;
    const ids = await idsToLookAt();
    if (listed.readable) {
      for (let at = 0; at < ids.length; at += FILES_PER_TURN) {
        const turn = ids.slice(at, at + FILES_PER_TURN);
        const changes = await Promise.all(turn.map(settledChange));
        turn.forEach((id, index) => {
          if (changes[index] === "none") return;
          touched = true;
          if (changes[index] === "gone") entries.delete(id);
          else take(id, join(dir, `${id}.yaml`));
        });
      }
    }
    const said = JSON.stringify(listed.faults);
    if (!touched && said === saidOfDirectory) return;
    saidOfDirectory = said;
    putInForce();
    const changed = [...new Set([...before.keys(), ...inForce.keys()])].filter(
      (id) => before.get(id) !== inForce.get(id),
    );
    if (changed.length > 0) onReload?.(changed);
    if (JSON.stringify(faults) !== JSON.stringify(faultsBefore)) onFault?.(faults);
  }

  return {
    look,
    tenants: {
      get: (id) => inForce.get(id),
      isBroken: (id) => entries.get(id)?.lastGood === null,
      all: () => list,
      faults: () => faults,
    },
  };
}
