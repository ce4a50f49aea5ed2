import { spawn } from "node:child_process";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePorts } from "@inlet/local-stack";
import { createScanner } from "../src/scan/scanner.ts";

const CLAMD = "/usr/sbin/clamd";
/** The test string of eicar.org, which every scanner reports and which does nothing; in two halves, so that this file is no finding. */
const TEST_STRING = ["X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD", "-ANTIVIRUS-TEST-FILE!$H+H*"].join("");
/** The same, packed by Info-ZIP: as it is, and with the password `inlet`. */
const ZIPPED =
  "UEsDBAoAAAAAAO9aeF08z1FoRAAAAEQAAAAJAAAAZWljYXIuY29tWDVPIVAlQEFQWzRcUFpYNTQoUF4pN0NDKTd9JEVJQ0FSLVNUQU5EQVJELUFOVElWSVJVUy1URVNULUZJTEUhJEgrSCpQSwECHgMKAAAAAADvWnhdPM9RaEQAAABEAAAACQAAAAAAAAABAAAApIEAAAAAZWljYXIuY29tUEsFBgAAAAABAAEANwAAAGsAAAAAAA==";
const ENCRYPTED =
  "UEsDBAoACQAAAO9aeF08z1FoUAAAAEQAAAAJAAAAZWljYXIuY29tZc6DKJFjoGab1heVGJG9oA+z8u9iaGzJiMNFv4qpa1FsctYnqAhDvsVy8Csp0Q5TIxIcSdHNl7jVBl8Ol+wbPfWKMx/SmJQMUU99ze35CnlQSwcIPM9RaFAAAABEAAAAUEsBAh4DCgAJAAAA71p4XTzPUWhQAAAARAAAAAkAAAAAAAAAAQAAAKSBAAAAAGVpY2FyLmNvbVBLBQYAAAAAAQABADcAAACHAAAAAAA=";

export const EICAR = {
  plain: Buffer.from(TEST_STRING),
  zipped: Buffer.from(ZIPPED, "base64"),
  encrypted: Buffer.from(ENCRYPTED, "base64"),
};

export interface Clamd {
  /** By its socket, and by TCP. */
  readonly urls: readonly [string, string];
  close(): Promise<void>;
}

/** Why the scanner's tests are skipped here; null where there is a clamd. Tests install nothing: `.ci/run` does. */
export function clamdProblem(): string | null {
  return existsSync(CLAMD) ? null : "skipped, there is no clamd (Debian: apt-get install clamav-daemon)";
}

/** A clamd of our own with a single signature, so that it starts in a second and needs no download of signatures. */
export async function startClamd(limits: { readonly streamMaxMiB: number }): Promise<Clamd> {
  const folder = await mkdtemp(join(tmpdir(), "inlet-clamd-"));
  const database = join(folder, "database");
  const socket = join(folder, "clamd.sock");
  const [port = 0] = await freePorts(1);
  await mkdir(database);
  await chmod(folder, 0o755);
  await writeFile(
    join(database, "eicar.ndb"),
    `Eicar-Test-Signature:0:*:${Buffer.from("EICAR-STANDARD" + "-ANTIVIRUS-TEST-FILE!$H+H*").toString("hex")}\n`,
  );
  const config = join(folder, "clamd.conf");
  await writeFile(
    config,
    [
      "Foreground yes",
      `DatabaseDirectory ${database}`,
      "OfficialDatabaseOnly no",
      `LocalSocket ${socket}`,
      `TCPSocket ${port}`,
      "TCPAddr 127.0.0.1",
      `StreamMaxLength ${limits.streamMaxMiB}M`,
      "AlertEncryptedArchive yes",
      `User ${process.getuid?.() === 0 ? "root" : ""}`,
    ]
      .filter((line) => !line.endsWith(" "))
      .join("\n"),
  );
  const child = spawn(CLAMD, ["--foreground", `--config-file=${config}`], { stdio: "ignore" });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const urls = [`unix:${socket}`, `tcp://127.0.0.1:${port}`] as const;
  const close = async (): Promise<void> => {
    child.kill("SIGKILL");
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  for (let waited = 0; child.exitCode === null && waited < 30_000; waited += 200) {
    const ready = await Promise.all(urls.map(async (url) => createScanner(url).ready()));
    if (ready.every(Boolean)) return { urls, close };
    await sleep(200);
  }
  await close();
  throw new Error("clamd did not start");
}
