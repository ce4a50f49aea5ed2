type Env = Readonly<Record<string, string | undefined>>;

export const KAFKA_VERSION: string;
export const REGISTRY_VERSION: string;
export function cacheDir(env: Env): string;
export function jarsDir(env: Env, part: "kafka" | "registry"): string;
export function javaCommand(env: Env): string;
export function missingPrerequisites(env: Env): string[];
export function javaMajor(env: Env): number | null;
