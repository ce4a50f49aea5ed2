/** Environment variables as the process was given them. */
export type RawEnvironment = Readonly<Record<string, string | undefined>>;
