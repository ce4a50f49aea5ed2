import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  KAFKA_VERSION,
  REGISTRY_VERSION,
  S3PROXY_VERSION,
  cacheDir,
  jarsDir,
  javaEnvironment,
} from "../prerequisites.mjs";
import type { JarPart } from "../prerequisites.mjs";
import { LocalStackError } from "./errors.ts";
import { readStartMark } from "./process-identity.ts";

type Env = Readonly<Record<string, string | undefined>>;

/** The binding that fits Kafka's slf4j 1.7. */
const LOG4J_VERSION = "2.25.5";

const KAFKA_DEPENDENCIES = `
  <dependencies>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>${KAFKA_VERSION}</version></dependency>
    <dependency><groupId>org.apache.logging.log4j</groupId><artifactId>log4j-slf4j-impl</artifactId><version>${LOG4J_VERSION}</version></dependency>
  </dependencies>`;

const KAFKA_GOAL = `
        <goals><goal>copy-dependencies</goal></goals>
        <configuration><includeScope>runtime</includeScope><outputDirectory>\${inlet.target}</outputDirectory></configuration>`;

const REGISTRY_GOAL = `
        <goals><goal>unpack</goal></goals>
        <configuration>
          <artifactItems><artifactItem>
            <groupId>io.apicurio</groupId><artifactId>apicurio-registry-app</artifactId><version>${REGISTRY_VERSION}</version>
            <type>tar.gz</type><classifier>all</classifier><outputDirectory>\${inlet.target}</outputDirectory>
          </artifactItem></artifactItems>
          <markersDirectory>\${inlet.target}.markers</markersDirectory>
        </configuration>`;

const S3_GOAL = `
        <goals><goal>copy</goal></goals>
        <configuration>
          <artifactItems><artifactItem>
            <groupId>org.gaul</groupId><artifactId>s3proxy</artifactId><version>${S3PROXY_VERSION}</version>
            <classifier>jar-with-dependencies</classifier><destFileName>s3proxy.jar</destFileName>
          </artifactItem></artifactItems>
          <outputDirectory>\${inlet.target}</outputDirectory>
        </configuration>`;

const GOALS: Readonly<Record<JarPart, string>> = { kafka: KAFKA_GOAL, registry: REGISTRY_GOAL, s3: S3_GOAL };

/**
 * The folder with the jars of a part, downloaded by Maven from Maven Central on first use and then shared by all clones of this
 * user. Complete or absent: it is renamed into place. Starts at the same time wait for one another.
 * Throws {@link LocalStackError} when Maven fails, with the end of what it said.
 */
export async function ensureJars(
  part: JarPart,
  env: Env,
  onDownload: () => void,
  signal?: AbortSignal,
): Promise<string> {
  const target = jarsDir(env, part);
  if (existsSync(target)) return target;
  await mkdir(cacheDir(env), { recursive: true });
  const unlock = await lock(path.join(cacheDir(env), "download.lock"), signal);
  try {
    if (existsSync(target)) return target;
    onDownload();
    const work = await mkdtemp(path.join(cacheDir(env), "download-"));
    try {
      const lib = path.join(work, "lib");
      await writeFile(path.join(work, "pom.xml"), pom(part));
      await maven(
        [
          "-B",
          "-C",
          "-f",
          path.join(work, "pom.xml"),
          `-Dinlet.target=${lib}`,
          "-Dorg.slf4j.simpleLogger.log.org.apache.maven.cli.transfer=warn",
          "generate-resources",
        ],
        env,
        signal,
      );
      await rename(lib, target);
      return target;
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  } finally {
    await unlock();
  }
}

function pom(part: JarPart): string {
  return `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>inlet</groupId><artifactId>${part}</artifactId><version>1</version><packaging>pom</packaging>${part === "kafka" ? KAFKA_DEPENDENCIES : ""}
  <build><plugins><plugin>
    <groupId>org.apache.maven.plugins</groupId><artifactId>maven-dependency-plugin</artifactId><version>3.9.0</version>
    <executions><execution>
        <phase>generate-resources</phase>${GOALS[part]}
    </execution></executions>
  </plugin></plugins></build>
</project>
`;
}

async function maven(args: readonly string[], env: Env, signal?: AbortSignal): Promise<void> {
  const child = spawn("mvn", [...args], {
    env: { ...javaEnvironment(env) },
    stdio: ["ignore", "pipe", "pipe"],
    ...(signal === undefined ? {} : { signal }),
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => (said = (said + text).slice(-8000)));
  const problem = await new Promise<string | null>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("close", (code) => resolve(code === 0 ? null : `exit code ${code}`));
  });
  signal?.throwIfAborted();
  if (problem === null) return;
  const lines = said.split("\n").filter((line) => line.includes("ERROR"));
  throw new LocalStackError(
    `Maven could not download from Maven Central (${problem}). Check the network, a proxy and ~/.m2/settings.xml.\n${(lines.length > 0 ? lines : said.split("\n")).slice(0, 8).join("\n")}`,
  );
}

/** A lock file that names its holder; one whose holder is gone is taken over. */
async function lock(file: string, signal?: AbortSignal): Promise<() => Promise<void>> {
  const mine = JSON.stringify({ pid: process.pid, startMark: await readStartMark(process.pid) });
  for (;;) {
    try {
      await writeFile(file, mine, { flag: "wx" });
      return () => rm(file, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    if (await holderIsGone(file)) await rm(file, { force: true });
    else await sleep(500, undefined, signal === undefined ? {} : { signal });
  }
}

async function holderIsGone(file: string): Promise<boolean> {
  const text = await readFile(file, "utf8").catch(() => null);
  if (text === null || text === "") return false; // just released, or just being written
  try {
    const holder = JSON.parse(text) as { pid: number; startMark: string | null };
    return (await readStartMark(holder.pid)) !== holder.startMark;
  } catch {
    return true;
  }
}
