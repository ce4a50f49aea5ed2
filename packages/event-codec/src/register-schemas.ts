import { COMPATIBILITY, SchemaType } from "@kafkajs/confluent-schema-registry";
import { VERSIONS, getVersions } from "@inlet/schemas";
import type { RecordName } from "@inlet/schemas";
import { IncompatibleSchemaError, RegistryUnavailableError } from "./errors.ts";
import { registryAdmin } from "./registry-admin.ts";
import { registryClient, getErrorStatus } from "./registry-client.ts";
import type { RegistryOptions } from "./registry-options.ts";
import { getSubject } from "./subjects.ts";

export interface RegisteredVersion {
  readonly subject: string;
  readonly record: RecordName;
  readonly version: number;
  readonly id: number;
  /** False when it was there already. */
  readonly created: boolean;
}

/**
 * Sets FULL_TRANSITIVE on every subject and registers every released version, oldest first. Running it again changes nothing. `log` gets a line
 * for each version. Throws IncompatibleSchemaError and RegistryUnavailableError.
 */
export async function registerSchemas(
  options: RegistryOptions,
  log: (line: string) => void = () => {},
): Promise<RegisteredVersion[]> {
  const client = registryClient(options);
  const admin = registryAdmin(options);
  const done: RegisteredVersion[] = [];
  for (const record of Object.keys(VERSIONS) as RecordName[]) {
    const subject = getSubject(record);
    // Before the first version: the client refuses a subject whose level differs, and a level set later does not judge what is there.
    if ((await admin.getCompatibility(subject)) !== COMPATIBILITY.FULL_TRANSITIVE) {
      await admin.setCompatibility(subject, COMPATIBILITY.FULL_TRANSITIVE);
    }
    const before = await admin.registered(subject);
    for (const { version, schema } of getVersions(record)) {
      const present = before.find((each) => sameSchema(each.schema, schema));
      const id = present?.id ?? (await register(client, subject, `${record}/${version}`, schema));
      done.push({ subject, record, version, id, created: present === undefined });
      log(`${subject}: ${record}/${version} ${present === undefined ? "registered" : "is there"} as id ${id}`);
    }
  }
  return done;
}

async function register(
  client: ReturnType<typeof registryClient>,
  subject: string,
  name: string,
  schema: Record<string, unknown>,
): Promise<number> {
  try {
    const body = { type: SchemaType.AVRO as const, schema: JSON.stringify(schema) };
    return (await client.register(body, { subject, compatibility: COMPATIBILITY.FULL_TRANSITIVE })).id;
  } catch (error) {
    const why = error instanceof Error ? error.message : "no answer";
    if (getErrorStatus(error) === 409) {
      throw new IncompatibleSchemaError(
        `${subject}: ${name} is not FULL_TRANSITIVE compatible with what is registered (${why}); release a version that both old and new readers can read`,
        { cause: error },
      );
    }
    throw new RegistryUnavailableError(`${subject}: ${name} could not be registered (${why})`, { cause: error });
  }
}

/** The run-time lookup compares the text of the schema, so equal meaning with another text is not the same. */
export function sameSchema(one: Record<string, unknown>, other: Record<string, unknown>): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
