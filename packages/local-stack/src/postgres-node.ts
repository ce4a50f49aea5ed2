import { type SpawnOptions, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, chown, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { damagedData, LocalStackError } from "./errors.ts";
import { type Account, giveToAccount, postgresAccount } from "./postgres-account.ts";
import { type PostgresBinaries, postgresBinaries } from "./postgres-binaries.ts";
import type { Child, Supervisor } from "./supervisor.ts";

type Env = Readonly<Record<string, string | undefined>>;

export interface PostgresNodeOptions {
  readonly dir: string;
  readonly port: number;
  /** False: faster, and not safe against a crash of the machine; for tests. */
  readonly durable: boolean;
  readonly env: Env;
}

/** Known to all, as the server listens on this machine only. */
export const POSTGRES_LOGIN = { user: "inlet", password: "inlet" } as const;
export const INLET_DATABASE = "inlet";
export const REGISTRY_DATABASE = "schema_registry";

/**
 * The data folder as its own processes name it. Each stands in it, so this name needs no right to the folders above (root's home,
 * say), which the account that Postgres runs as may not enter; nor does any letter in their names matter. Systems without /proc
 * have no such name: there the folders above must be open.
 */
const HERE = process.platform === "linux" ? "/proc/self/cwd" : ".";

export function databaseUrl(port: number): string {
  return `postgres://${POSTGRES_LOGIN.user}:${POSTGRES_LOGIN.password}@127.0.0.1:${port}/${INLET_DATABASE}`;
}

/** A Postgres of its own with the databases `inlet` and `schema_registry`, made on first use. Ready once it takes connections. */
export async function startPostgresNode(
  supervisor: Supervisor,
  options: PostgresNodeOptions,
  signal?: AbortSignal,
): Promise<Child> {
  const data = path.join(options.dir, "data");
  await mkdir(options.dir, { recursive: true });
  const account = await postgresAccount(data);
  const binaries = await postgresBinaries(account, options.env);
  if (account !== null) await giveToAccount(account, options.dir, data);
  // Bytes compare as bytes in every locale of the machine.
  const env = { ...options.env, LC_ALL: "C", TZ: "UTC" };
  if (!existsSync(data)) await create(binaries, account, options.dir, env);

  const settings = {
    port: options.port,
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    max_connections: 200,
    shared_buffers: "64MB",
    log_timezone: "UTC",
    ...(options.durable ? {} : { fsync: "off", synchronous_commit: "off", full_page_writes: "off" }),
  };
  const args = ["-D", HERE, ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`])];
  return supervisor.start(
    {
      name: "postgres",
      command: binaries.postgres,
      args,
      env,
      cwd: data,
      ...(account === null ? {} : { account }),
      // SIGINT is Postgres' "fast shutdown"; SIGTERM would wait for every client to leave.
      stopSignal: "SIGINT",
      remedy: damagedData(options.dir),
      isReady: async () => {
        // Line 8 of postmaster.pid is the server's own word on its state (the one that pg_ctl waits for); line 1 its process id.
        const lines = (await readFile(path.join(data, "postmaster.pid"), "utf8")).split("\n");
        return lines[7]?.trim() === "ready" && lines[3] === String(options.port);
      },
    },
    signal,
  );
}

async function create(binaries: PostgresBinaries, account: Account | null, dir: string, env: Env): Promise<void> {
  const part = path.join(dir, "data.part");
  const passwordFile = path.join(dir, "password.part");
  await rm(part, { recursive: true, force: true });
  await mkdir(part);
  await chmod(part, 0o700);
  await writeFile(passwordFile, `${POSTGRES_LOGIN.password}\n`, { mode: 0o600 });
  if (account !== null) for (const file of [part, passwordFile]) await chown(file, account.uid, account.gid);
  try {
    const flags = [
      `--username=${POSTGRES_LOGIN.user}`,
      `--pwfile=${path.join("..", path.basename(passwordFile))}`,
      "--auth=scram-sha-256",
      "--encoding=UTF8",
      "--locale=C",
      "--no-sync",
      "--no-instructions",
    ];
    const options = { env: { ...env }, cwd: part, stdio: "pipe" as const, ...account };
    await runToEnd(binaries.initdb, ["-D", HERE, ...flags], "", options);
    // Single-user mode makes the databases without a client and before anything listens.
    const statements = [INLET_DATABASE, REGISTRY_DATABASE].map((name) => `CREATE DATABASE ${name};\n`).join("");
    await runToEnd(binaries.postgres, ["--single", "-D", HERE, "postgres"], statements, options);
    await rename(part, path.join(dir, "data"));
  } finally {
    await rm(passwordFile, { force: true });
  }
}

async function runToEnd(command: string, args: readonly string[], input: string, options: SpawnOptions): Promise<void> {
  const child = spawn(command, [...args], options);
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding("utf8").on("data", (text: string) => (said = (said + text).slice(-4000)));
  child.stdin?.end(input);
  const problem = await new Promise<string | null>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("close", (code, signal) => resolve(code === 0 ? null : `exit ${signal ?? code}`));
  });
  // Single-user mode exits 0 even when a statement failed.
  if (problem !== null || said.includes("ERROR:")) {
    throw new LocalStackError(
      `Postgres could not make its data folder (${path.basename(command)}: ${problem ?? "a statement failed"}):\n${said.trim()}`,
    );
  }
}
