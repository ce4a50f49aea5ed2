import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { javaCommand, javaEnvironment } from "../prerequisites.mjs";
import { ensureJars } from "./jars.ts";
import { freePorts } from "./ports.ts";
import { Supervisor } from "./supervisor.ts";

type Env = Readonly<Record<string, string | undefined>>;

/** The one account of {@link startS3Server}; anyone else is refused. */
export const S3_CREDENTIALS = { accessKeyId: "inlet", secretAccessKey: "inlet-test-not-secret" };

export interface S3Server {
  readonly endpoint: string;
  /** The buckets' folder: a folder in it is a bucket, a file below it an object. */
  readonly buckets: string;
  /** Ends the server; `start` brings it back on the same port with the same content. */
  stop(): Promise<void>;
  start(): Promise<void>;
  close(): Promise<void>;
}

/**
 * S3Proxy on a folder, on a free port: a server of the S3 protocol that checks signatures, from Maven Central. For tests: it is not durable.
 * Throws LocalStackError.
 */
export async function startS3Server(dataDir: string, env: Env, onDownload: () => void = () => {}): Promise<S3Server> {
  const jars = await ensureJars("s3", env, onDownload);
  const buckets = path.join(dataDir, "buckets");
  await mkdir(buckets, { recursive: true });
  const [port = 0] = await freePorts(1);
  const endpoint = `http://127.0.0.1:${port}`;
  const properties = "s3proxy.properties";
  await writeFile(
    path.join(dataDir, properties),
    [
      `s3proxy.endpoint=${endpoint}`,
      "s3proxy.authorization=aws-v4",
      `s3proxy.identity=${S3_CREDENTIALS.accessKeyId}`,
      `s3proxy.credential=${S3_CREDENTIALS.secretAccessKey}`,
      "jclouds.provider=filesystem-nio2",
      `jclouds.filesystem.basedir=${path.basename(buckets)}`,
      "",
    ].join("\n"),
  );
  const supervisor = await Supervisor.open(dataDir, () => {});
  const launch = async (): Promise<{ stop(): Promise<void> }> =>
    supervisor.start({
      name: "s3proxy",
      command: javaCommand(env),
      args: [
        "-Xmx256m",
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "-jar",
        path.join(jars, "s3proxy.jar"),
        "--properties",
        properties,
      ],
      env: javaEnvironment(env),
      cwd: dataDir,
      // Any answer will do: without a signature it is a refusal.
      isReady: async () => (await fetch(endpoint, { signal: AbortSignal.timeout(2000) })).status > 0,
    });
  let child = await launch();
  return {
    endpoint,
    buckets,
    stop: async () => child.stop(),
    start: async () => {
      child = await launch();
    },
    close: async () => supervisor.stopAll(),
  };
}
