import { mkdir, readdir } from "node:fs/promises";
import path from "node:path";
import { javaCommand, javaEnvironment } from "../prerequisites.mjs";
import { LocalStackError } from "./errors.ts";
import type { Child, Supervisor } from "./supervisor.ts";

type Env = Readonly<Record<string, string | undefined>>;

export interface RegistryNodeOptions {
  readonly dir: string;
  readonly jars: string;
  readonly port: number;
  /** Where the schemas are kept: our Postgres, or a file of its own where Postgres is someone else's. */
  readonly storage:
    | {
        readonly kind: "postgres";
        readonly port: number;
        readonly database: string;
        readonly user: string;
        readonly password: string;
      }
    | { readonly kind: "file" };
  readonly env: Env;
}

/** The Confluent-compatible API of the registry at this port. */
export function registryUrl(port: number): string {
  return `http://127.0.0.1:${port}/apis/ccompat/v7`;
}

/** Apicurio Registry; ready once its Confluent-compatible API answers. */
export async function startRegistryNode(
  supervisor: Supervisor,
  options: RegistryNodeOptions,
  signal?: AbortSignal,
): Promise<Child> {
  await mkdir(options.dir, { recursive: true });
  const runner = (await readdir(options.jars)).find((file) => file.endsWith("-runner.jar"));
  if (runner === undefined)
    throw new LocalStackError(`no *-runner.jar in ${options.jars}. Delete that folder: it is downloaded again.`);
  return supervisor.start(
    {
      name: "schema-registry",
      command: javaCommand(options.env),
      args: [
        "-Xms96m",
        "-Xmx320m",
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "-XX:+ExitOnOutOfMemoryError",
        "-Djava.util.logging.manager=org.jboss.logmanager.LogManager",
        "-jar",
        path.join(options.jars, runner),
      ],
      env: {
        ...javaEnvironment(options.env),
        QUARKUS_HTTP_HOST: "127.0.0.1",
        QUARKUS_HTTP_PORT: String(options.port),
        QUARKUS_LOG_CONSOLE_JSON: "false",
        APICURIO_STORAGE_KIND: "sql",
        ...storageEnv(options),
      },
      cwd: options.dir,
      readyTimeoutMs: 180_000,
      isReady: async () =>
        (await fetch(`${registryUrl(options.port)}/subjects`, { signal: AbortSignal.timeout(2000) })).ok,
    },
    signal,
  );
}

function storageEnv({ storage }: RegistryNodeOptions): Record<string, string> {
  if (storage.kind === "file") {
    return {
      APICURIO_STORAGE_SQL_KIND: "h2",
      APICURIO_DATASOURCE_URL: "jdbc:h2:file:./schemas",
      APICURIO_DATASOURCE_USERNAME: "sa",
      APICURIO_DATASOURCE_PASSWORD: "sa",
    };
  }
  return {
    APICURIO_STORAGE_SQL_KIND: "postgresql",
    APICURIO_DATASOURCE_URL: `jdbc:postgresql://127.0.0.1:${storage.port}/${storage.database}`,
    APICURIO_DATASOURCE_USERNAME: storage.user,
    APICURIO_DATASOURCE_PASSWORD: storage.password,
    APICURIO_DATASOURCE_JDBC_INITIAL_SIZE: "2",
    APICURIO_DATASOURCE_JDBC_MIN_SIZE: "2",
    APICURIO_DATASOURCE_JDBC_MAX_SIZE: "8",
  };
}
