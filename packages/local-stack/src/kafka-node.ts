import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { javaCommand, javaEnvironment } from "../prerequisites.mjs";
import { damagedData, LocalStackError } from "./errors.ts";
import type { Child, Supervisor } from "./supervisor.ts";

const run = promisify(execFile);

type Env = Readonly<Record<string, string | undefined>>;

export interface KafkaNodeOptions {
  readonly dir: string;
  readonly jars: string;
  readonly port: number;
  readonly controllerPort: number;
  readonly env: Env;
}

/** Any base64 UUID; one per installation suffices, since a data folder never meets another. */
const CLUSTER_ID = "SW5sZXRMb2NhbFN0YWNrMQ";
/** A year and a day: above the longest topic retention, so that no committed offset expires before its records (docs/concepts/protocol.md, section 2). */
const OFFSETS_RETENTION_MINUTES = 366 * 24 * 60;

/** One Kafka in KRaft mode, broker and controller in one process, formatted on first use. Ready once it serves requests. */
export async function startKafkaNode(
  supervisor: Supervisor,
  options: KafkaNodeOptions,
  signal?: AbortSignal,
): Promise<Child> {
  await mkdir(options.dir, { recursive: true });
  // Kafka stands in its folder and names what is in it from there: a properties file is read in Latin-1, a path may hold any letter.
  const properties = "server.properties";
  const logging = "log4j2.properties";
  await writeFile(path.join(options.dir, properties), serverProperties(options));
  await writeFile(path.join(options.dir, logging), LOG4J2);
  const java = javaCommand(options.env);
  const classpath = ["-cp", path.join(options.jars, "*"), `-Dlog4j2.configurationFile=${logging}`];
  if (!existsSync(path.join(options.dir, "data", "meta.properties"))) {
    await format(
      java,
      [...classpath, "kafka.tools.StorageTool", "format", "-t", CLUSTER_ID, "-c", properties],
      options,
    );
  }
  const logFile = path.join(supervisor.logsDir, "kafka.log");
  return supervisor.start(
    {
      name: "kafka",
      command: java,
      args: [
        "-Xms128m",
        "-Xmx512m",
        "-XX:+UseG1GC",
        "-XX:MaxGCPauseMillis=20",
        "-XX:+ExitOnOutOfMemoryError",
        "-Djava.awt.headless=true",
        ...classpath,
        "kafka.Kafka",
        properties,
      ],
      env: javaEnvironment(options.env),
      cwd: options.dir,
      stopGraceMs: 15_000,
      readyTimeoutMs: 180_000,
      remedy: damagedData(options.dir),
      isReady: async () => (await readFile(logFile, "utf8")).includes("Kafka Server started"),
    },
    signal,
  );
}

async function format(java: string, args: readonly string[], { env, dir }: KafkaNodeOptions): Promise<void> {
  try {
    await run(java, [...args], { env: { ...javaEnvironment(env) }, cwd: dir });
  } catch (error) {
    const { stderr = "", stdout = "" } = error as { stderr?: string; stdout?: string };
    throw new LocalStackError(
      `Kafka's data folder could not be formatted: ${`${stderr}${stdout}`.trim().split("\n").slice(-5).join("\n")}`,
      { cause: error },
    );
  }
}

function serverProperties({ port, controllerPort }: KafkaNodeOptions): string {
  const lines: Record<string, string | number> = {
    "process.roles": "broker,controller",
    "node.id": 1,
    "controller.quorum.voters": `1@127.0.0.1:${controllerPort}`,
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    "advertised.listeners": `PLAINTEXT://127.0.0.1:${port}`,
    "controller.listener.names": "CONTROLLER",
    "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
    "log.dirs": "data",
    "auto.create.topics.enable": "false",
    "default.replication.factor": 1,
    "min.insync.replicas": 1,
    "offsets.topic.replication.factor": 1,
    // Kafka's default of 50 costs seconds at each start and memory, for what one machine does not need.
    "offsets.topic.num.partitions": 8,
    "offsets.retention.minutes": OFFSETS_RETENTION_MINUTES,
    "transaction.state.log.replication.factor": 1,
    "transaction.state.log.min.isr": 1,
    "share.coordinator.state.topic.replication.factor": 1,
    "share.coordinator.state.topic.min.isr": 1,
    "group.initial.rebalance.delay.ms": 0,
    // Tests kill members again and again: Kafka's least of 6 s would be waited for each time.
    "group.min.session.timeout.ms": 1000,
    // Dedicated lanes and tests make many small partitions: no megabytes reserved for each.
    "log.index.size.max.bytes": 1024 * 1024,
    "log.cleaner.dedupe.buffer.size": 16 * 1024 * 1024,
    "num.network.threads": 2,
    "num.io.threads": 4,
    "num.recovery.threads.per.data.dir": 2,
  };
  return Object.entries(lines)
    .map(([name, value]) => `${name}=${value}\n`)
    .join("");
}

const LOG4J2 = `appender.console.type = Console
appender.console.name = console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %d{yyyy-MM-dd HH:mm:ss.SSS} %p %c{1} %m%n
rootLogger.level = INFO
rootLogger.appenderRef.console.ref = console
logger.config.name = org.apache.kafka.common.config.AbstractConfig
logger.config.level = WARN
`;
