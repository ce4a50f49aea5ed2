import path from "node:path";
import { missingPrerequisites } from "../prerequisites.mjs";
import { prepareDataFolder } from "./disk.ts";
import { LocalStackError } from "./errors.ts";
import { ensureJars } from "./jars.ts";
import { startKafkaNode } from "./kafka-node.ts";
import { DEFAULT_PORTS, type StackPorts, assertPortFree, freeStackPorts } from "./ports.ts";
import { INLET_DATABASE, POSTGRES_LOGIN, REGISTRY_DATABASE, databaseUrl, startPostgresNode } from "./postgres-node.ts";
import { registryUrl, startRegistryNode } from "./registry-node.ts";
import { type Child, Supervisor } from "./supervisor.ts";

export interface LocalStackOptions {
  /** Data, logs and pid records; made when it is not there. */
  readonly dataDir: string;
  /** Ports other than {@link DEFAULT_PORTS}, or `free` for any (tests). */
  readonly ports?: Partial<StackPorts> | "free";
  /** The environment: a part whose variable is set here is taken as it is and not started. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** False for tests: Postgres does not wait for the disk. Default true. */
  readonly durable?: boolean;
  readonly onProgress?: (progress: PartProgress) => void;
  /** Told when a part ends by itself after it was ready. Default: nothing happens until someone notices. */
  readonly onDeath?: (error: LocalStackError) => void;
  readonly signal?: AbortSignal;
}

export interface PartProgress {
  readonly part: string;
  readonly state: "downloading" | "starting" | "ready" | "given";
  /** Where it is reached, or what is being downloaded. */
  readonly detail: string;
}

/** A part that this stack started. */
export interface LocalPart {
  readonly name: string;
  readonly port: number;
  /** Of the process that runs now, or ran last. */
  readonly pid: number;
  readonly logFile: string;
  /** Ends the part alone, in order: an outage, for tests. */
  stop(): Promise<void>;
  /** Starts it again on the same port with the data it had; resolves when it answers. */
  start(): Promise<void>;
}

export interface LocalStack {
  readonly env: { readonly KAFKA_BROKERS: string; readonly SCHEMA_REGISTRY_URL: string; readonly DATABASE_URL: string };
  /** Which parts are ours. */
  readonly parts: readonly LocalPart[];
  /** Starts and ends further processes (the services) with the same care. */
  readonly supervisor: Supervisor;
  /** Ends every child, the services first. */
  stop(): Promise<void>;
  /** Kills every child at once. */
  kill(): void;
}

/**
 * Brings up Kafka, the schema registry and Postgres on this machine, as far as the environment does not name others, and resolves
 * when all answer. Data is kept in `dataDir` from one start to the next. Throws {@link LocalStackError} with a remedy when
 * something is missing, taken, full or broken; whatever was started is ended first.
 */
export async function startLocalStack(options: LocalStackOptions): Promise<LocalStack> {
  const { env } = options;
  // The first fault ends the start of the other parts as well.
  const fault = new AbortController();
  const signal = AbortSignal.any([fault.signal, ...(options.signal === undefined ? [] : [options.signal])]);
  const dataDir = path.resolve(options.dataDir);
  const progress = options.onProgress ?? (() => {});
  const ports: StackPorts = options.ports === "free" ? await freeStackPorts() : { ...DEFAULT_PORTS, ...options.ports };
  const ours = { kafka: !env.KAFKA_BROKERS, registry: !env.SCHEMA_REGISTRY_URL, postgres: !env.DATABASE_URL };
  const missing = missingPrerequisites(env);
  if (missing.length > 0) throw new LocalStackError(missing.join("\n"));
  await prepareDataFolder(dataDir);

  const supervisor = await Supervisor.open(dataDir, options.onDeath ?? (() => {}));
  try {
    if (ours.kafka) {
      await assertPortFree(
        ports.kafka,
        "Kafka",
        "set KAFKA_BROKERS to use that Kafka, or take another with --port kafka=N",
      );
      await assertPortFree(ports.controller, "Kafka's controller", "take another with --port controller=N");
    }
    if (ours.registry)
      await assertPortFree(
        ports.registry,
        "the schema registry",
        "set SCHEMA_REGISTRY_URL to use that registry, or take another with --port registry=N",
      );
    if (ours.postgres)
      await assertPortFree(
        ports.postgres,
        "Postgres",
        "set DATABASE_URL to use that Postgres, or take another with --port postgres=N",
      );

    const stackEnv = {
      KAFKA_BROKERS: env.KAFKA_BROKERS || `127.0.0.1:${ports.kafka}`,
      SCHEMA_REGISTRY_URL: env.SCHEMA_REGISTRY_URL || registryUrl(ports.registry),
      DATABASE_URL: env.DATABASE_URL || databaseUrl(ports.postgres),
    };
    const parts: LocalPart[] = [];
    const startPart = async (name: string, port: number, launch: () => Promise<Child>): Promise<void> => {
      let child = await launch();
      parts.push({
        name,
        port,
        logFile: child.logFile,
        get pid() {
          return child.pid;
        },
        stop: () => child.stop(),
        start: async () => void (child = await launch()),
      });
    };

    const postgres = async (): Promise<void> => {
      if (!ours.postgres) return progress({ part: "postgres", state: "given", detail: "DATABASE_URL" });
      progress({ part: "postgres", state: "starting", detail: `port ${ports.postgres}` });
      const settings = {
        dir: path.join(dataDir, "postgres"),
        port: ports.postgres,
        durable: options.durable ?? true,
        env,
      };
      await startPart("postgres", ports.postgres, () => startPostgresNode(supervisor, settings, signal));
      progress({ part: "postgres", state: "ready", detail: `127.0.0.1:${ports.postgres}/${INLET_DATABASE}` });
    };
    const findJars = (part: "kafka" | "registry", what: string): Promise<string> =>
      ensureJars(
        part,
        env,
        () => progress({ part: part === "kafka" ? "kafka" : "schema-registry", state: "downloading", detail: what }),
        signal,
      );
    const kafka = async (): Promise<void> => {
      if (!ours.kafka) return progress({ part: "kafka", state: "given", detail: stackEnv.KAFKA_BROKERS });
      const jars = await findJars("kafka", "45 MB from Maven Central, once");
      progress({ part: "kafka", state: "starting", detail: `port ${ports.kafka}` });
      const settings = {
        dir: path.join(dataDir, "kafka"),
        jars,
        port: ports.kafka,
        controllerPort: ports.controller,
        env,
      };
      await startPart("kafka", ports.kafka, () => startKafkaNode(supervisor, settings, signal));
      progress({ part: "kafka", state: "ready", detail: stackEnv.KAFKA_BROKERS });
    };
    const registry = async (postgresReady: Promise<void>): Promise<void> => {
      if (!ours.registry)
        return progress({ part: "schema-registry", state: "given", detail: stackEnv.SCHEMA_REGISTRY_URL });
      const jars = await findJars("registry", "110 MB from Maven Central, once");
      await postgresReady;
      progress({ part: "schema-registry", state: "starting", detail: `port ${ports.registry}` });
      const storage = ours.postgres
        ? ({ kind: "postgres", port: ports.postgres, database: REGISTRY_DATABASE, ...POSTGRES_LOGIN } as const)
        : ({ kind: "file" } as const);
      const settings = { dir: path.join(dataDir, "schema-registry"), jars, port: ports.registry, storage, env };
      await startPart("schema-registry", ports.registry, () => startRegistryNode(supervisor, settings, signal));
      progress({ part: "schema-registry", state: "ready", detail: stackEnv.SCHEMA_REGISTRY_URL });
    };

    const postgresReady = postgres();
    await allOrFirstFault([postgresReady, kafka(), registry(postgresReady)], fault);
    return { env: stackEnv, parts, supervisor, stop: () => supervisor.stopAll(), kill: () => supervisor.killAll() };
  } catch (error) {
    await supervisor.stopAll();
    throw error;
  }
}

/** Waits for all, also after a fault (what still starts would otherwise be missed by the clean-up). Throws the first fault. */
async function allOrFirstFault(work: readonly Promise<void>[], abort: AbortController): Promise<void> {
  const faults: unknown[] = [];
  const note = (error: unknown): void => {
    faults.push(error);
    abort.abort();
  };
  await Promise.all(work.map((each) => each.catch(note)));
  if (faults.length > 0) throw faults[0];
}
