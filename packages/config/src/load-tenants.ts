import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, extname, join } from "node:path";
import type { RawEnvironment } from "./environment.ts";
import { readTenant } from "./read-tenant.ts";
import type { TenantReading } from "./read-tenant.ts";
import { ConfigError } from "./types.ts";
import type { ConfigFault, TenantConfig, Tenants } from "./types.ts";

export interface LoadTenantsOptions {
  readonly dir: string;
  readonly env: RawEnvironment;
  /** Called after a reload that changed what is in force, with the ids that changed, came or went. */
  readonly onReload?: (changed: readonly string[]) => void;
  /** Called when the faults of files that are not in force change; with an empty list when all are mended. */
  readonly onFault?: (faults: readonly ConfigFault[]) => void;
  /** How often the files are looked at, ms. Default 2 000. Polling, since watches miss changes on network and bind mounts. */
  readonly pollMs?: number;
}

/**
 * Reads every `<id>.yaml` of the directory. At start any fault is fatal: throws {@link ConfigError} with all faults of all files.
 * Later a change of a file, or of a secret's file, is taken over by itself; a broken file keeps its last good version in force and
 * shows in `faults()`. A file must be gone at two looks in a row before its tenant goes: editors replace files.
 */
export function loadTenants(options: LoadTenantsOptions): Promise<Tenants> {
  return Promise.resolve().then(() => openTenants(options));
}

interface Entry {
  readonly reading: TenantReading;
  readonly lastGood: TenantConfig | null;
  readonly fingerprint: string;
  readonly missing: boolean;
}

function openTenants({ dir, env, onReload, onFault, pollMs = 2000 }: LoadTenantsOptions): Tenants {
  let entries = new Map<string, Entry>();
  let inForce: ReadonlyMap<string, TenantConfig> = new Map();
  let list: readonly TenantConfig[] = [];
  let faults: readonly ConfigFault[] = [];

  function look(): void {
    const next = new Map<string, Entry>();
    const found = listTenantFiles(dir);
    for (const [id, path] of found.files) {
      const before = entries.get(id);
      const same =
        before !== undefined &&
        !before.missing &&
        fingerprintOf(path, before.reading.secretFiles) === before.fingerprint;
      if (same) {
        next.set(id, before);
        continue;
      }
      const reading = readFile(id, path, env, dir);
      const fingerprint = fingerprintOf(path, reading.secretFiles);
      next.set(id, { reading, lastGood: reading.tenant ?? before?.lastGood ?? null, fingerprint, missing: false });
    }
    for (const [id, before] of entries) {
      if (next.has(id) || before.missing) continue;
      next.set(id, { ...before, missing: true });
    }
    // A directory that cannot be read says nothing about its tenants: all stay.
    entries = found.readable ? next : entries;
    inForce = new Map(
      [...entries].flatMap(([id, { lastGood }]) => (lastGood === null ? [] : [[id, lastGood] as const])),
    );
    faults = [...found.faults, ...[...entries.values()].flatMap(({ reading }) => reading.faults)];
  }

  look();
  if (faults.length === 0 && inForce.size === 0) {
    faults = [
      {
        where: dir,
        field: "",
        problem: "holds no tenant files",
        remedy: "Add <id>.yaml, such as config/tenants/demo.yaml",
      },
    ];
  }
  if (faults.length > 0) throw new ConfigError(faults);

  list = [...inForce.values()];
  const timer = setInterval(() => {
    const before = inForce;
    const faultsBefore = JSON.stringify(faults);
    look();
    const changed = [...new Set([...before.keys(), ...inForce.keys()])].filter(
      (id) => before.get(id) !== inForce.get(id),
    );
    // The same list until something changes: indexes over it are remembered by it.
    if (changed.length > 0) list = [...inForce.values()];
    if (changed.length > 0) onReload?.(changed);
    if (JSON.stringify(faults) !== faultsBefore) onFault?.(faults);
  }, pollMs);
  timer.unref();

  return {
    get: (id) => inForce.get(id),
    all: () => list,
    faults: () => faults,
    close() {
      clearInterval(timer);
      return Promise.resolve();
    },
  };
}

/** The tenant files of a directory, by id; with the faults of the directory itself. */
export function listTenantFiles(dir: string): {
  readonly files: readonly (readonly [id: string, path: string])[];
  readonly faults: readonly ConfigFault[];
  readonly readable: boolean;
} {
  let names: string[];
  try {
    names = readdirSync(dir).toSorted();
  } catch (error) {
    const problem = `cannot be read (${(error as NodeJS.ErrnoException).code ?? "error"})`;
    return {
      files: [],
      readable: false,
      faults: [{ where: dir, field: "", problem, remedy: "Point TENANTS_DIR at the directory of the tenant files" }],
    };
  }
  const visible = names.filter((name) => !name.startsWith("."));
  return {
    readable: true,
    files: visible
      .filter((name) => extname(name) === ".yaml")
      .map((name) => [basename(name, ".yaml"), join(dir, name)] as const),
    faults: visible
      .filter((name) => extname(name) === ".yml")
      .map((name) => ({
        where: join(dir, name),
        field: "",
        problem: "would be ignored",
        remedy: `Rename it to ${basename(name, ".yml")}.yaml`,
      })),
  };
}

/** One file as a reading; a file that cannot be read is a fault, not an exception. */
export function readFile(id: string, path: string, env: RawEnvironment, baseDir: string): TenantReading {
  try {
    return readTenant(id, readFileSync(path, "utf8"), { where: path, env, baseDir });
  } catch (error) {
    const problem = `cannot be read (${(error as NodeJS.ErrnoException).code ?? "error"})`;
    return {
      tenant: null,
      secretFiles: [],
      faults: [{ where: path, field: "", problem, remedy: "Check its permissions" }],
    };
  }
}

function fingerprintOf(path: string, secretFiles: readonly string[]): string {
  return [path, ...secretFiles]
    .map((file) => {
      const stat = statSync(file, { throwIfNoEntry: false, bigint: true });
      return stat === undefined ? `${file}:gone` : `${file}:${stat.ino}:${stat.size}:${stat.mtimeNs}`;
    })
    .join("|");
}
