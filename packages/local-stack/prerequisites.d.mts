type Env = Readonly<Record<string, string | undefined>>;

export const KAFKA_VERSION: string;
export const REGISTRY_VERSION: string;
export const S3PROXY_VERSION: string;
/** Parts that are jars from Maven Central. */
export type JarPart = "kafka" | "registry" | "s3";
export function cacheDir(env: Env): string;
export function jarsDir(env: Env, part: JarPart): string;
export function javaCommand(env: Env): string;
export function missingPrerequisites(env: Env): string[];
export function javaMajor(env: Env): number | null;
export function javaEnvironment(env: Env): Env;
export function postgresAccountIn(passwd: string): { uid: number; gid: number } | null;
export function systemAccountForPostgres(): { uid: number; gid: number } | null;
