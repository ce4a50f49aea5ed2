/**
 * What Inlet's local stack needs from the machine. Plain JavaScript without imports from this repository, so that `scripts/`
 * can ask before anything is installed and under an older Node.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";

export const KAFKA_VERSION = "4.4.0";
export const REGISTRY_VERSION = "3.0.9";
export const S3PROXY_VERSION = "3.2.0";
const OLDEST_JAVA = 17;

/** Where downloaded jars lie: one place per user, shared by all clones. */
export function cacheDir(env) {
  return path.join(env.XDG_CACHE_HOME || path.join(homedir(), ".cache"), "inlet");
}

const JARS = {
  kafka: `kafka-${KAFKA_VERSION}`,
  registry: `apicurio-registry-${REGISTRY_VERSION}`,
  s3: `s3proxy-${S3PROXY_VERSION}`,
};

/** The folder of a part's jars inside {@link cacheDir}; there if and only if it is complete. */
export function jarsDir(env, part) {
  return path.join(cacheDir(env), JARS[part]);
}

/** The `java` that is used: JAVA_HOME's, else the one in PATH. */
export function javaCommand(env) {
  return env.JAVA_HOME ? path.join(env.JAVA_HOME, "bin", "java") : "java";
}

/**
 * The environment of a Java process. Where no locale is set, Java reads and writes file names in ASCII, and a folder with other
 * letters in its name is not found.
 */
export function javaEnvironment(env) {
  return { ...env, LC_ALL: "C.UTF-8" };
}

/**
 * What is missing for the parts that this environment does not bring itself, one line each, with what to install.
 * Empty when the local stack can start.
 */
export function missingPrerequisites(env) {
  const needed = [!env.KAFKA_BROKERS && "kafka", !env.SCHEMA_REGISTRY_URL && "registry"].filter(Boolean);
  const missing = [];
  if (!env.DATABASE_URL && process.getuid?.() === 0 && systemAccountForPostgres() === null) missing.push(NO_ACCOUNT);
  if (needed.length === 0) return missing;
  const java = javaMajor(env);
  const install = `Install it (Debian/Ubuntu: apt-get install openjdk-17-jre-headless; macOS: brew install openjdk@17), or set KAFKA_BROKERS and SCHEMA_REGISTRY_URL to servers of yours.`;
  if (java === null)
    missing.push(
      `Java ${OLDEST_JAVA} or newer is needed to run Kafka and the schema registry, and none was found. ${install}`,
    );
  else if (java < OLDEST_JAVA)
    missing.push(
      `Java ${OLDEST_JAVA} or newer is needed to run Kafka and the schema registry, but this is Java ${java}. ${install}`,
    );
  if (needed.some((part) => !existsSync(jarsDir(env, part))) && !runs("mvn", ["-version"], env)) {
    missing.push(
      "Maven (mvn) is needed once, to download Kafka and the schema registry from Maven Central, and was not found. Install it (Debian/Ubuntu: apt-get install maven; macOS: brew install maven).",
    );
  }
  return missing;
}

const NO_ACCOUNT =
  "Postgres does not run as root, and this system has no other account (/etc/passwd). Start Inlet as another user, add an account (useradd --system postgres), or set DATABASE_URL to a Postgres of yours.";

/**
 * The account as which Postgres runs when we are root: `postgres` or `nobody`, else any other that the system has. It has to be in
 * /etc/passwd, since initdb asks for its name; none is created. Null when there is none.
 */
export function postgresAccountIn(passwd) {
  const accounts = passwd
    .split("\n")
    .map((line) => line.split(":"))
    .map(([name, , uid, gid]) => ({ name, uid: Number(uid || Number.NaN), gid: Number(gid || Number.NaN) }))
    .filter(({ uid, gid }) => uid > 0 && gid >= 0);
  const usual = ["postgres", "nobody"].map((wanted) => accounts.find(({ name }) => name === wanted));
  const found = usual.find((account) => account !== undefined) ?? accounts[0];
  return found === undefined ? null : { uid: found.uid, gid: found.gid };
}

/** {@link postgresAccountIn} this system. */
export function systemAccountForPostgres() {
  try {
    return postgresAccountIn(readFileSync("/etc/passwd", "utf8"));
  } catch {
    return null;
  }
}

/** Java's major version; null when it does not run. */
export function javaMajor(env) {
  const result = spawnSync(javaCommand(env), ["-version"], { env, encoding: "utf8" });
  if (result.status !== 0) return null;
  const match = /version "(?:1\.)?(\d+)/.exec(`${result.stderr}${result.stdout}`);
  return match ? Number(match[1]) : null;
}

function runs(command, args, env) {
  return spawnSync(command, args, { env, stdio: "ignore" }).status === 0;
}
