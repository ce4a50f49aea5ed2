import { VERSIONS, getVersions } from "@inlet/schemas";
import type { RecordName, SchemaVersion } from "@inlet/schemas";
import { avroType } from "./record-types.ts";
import { sameSchema } from "./register-schemas.ts";
import { registryAdmin } from "./registry-admin.ts";
import type { RegisteredSchema } from "./registry-admin.ts";
import type { RegistryOptions } from "./registry-options.ts";
import { getSubject } from "./subjects.ts";

/** One way in which the registry differs from the repository. */
export interface SchemaFault {
  readonly subject: string;
  /** `missing`: a version is not registered. `compatibility`: the level. `incompatible`: a version could not be registered, or never should have been. `foreign`: registered, but in no file. */
  readonly fault: "missing" | "compatibility" | "incompatible" | "foreign";
  readonly expected: string;
  readonly actual: string;
  /** A warning does not fail `schemas check`: a newer release may already have registered its version. */
  readonly severity: "error" | "warning";
}

/** Compares the registry with the repository, changing nothing. Empty when all is as it should be. Throws RegistryUnavailableError. */
export async function checkSchemas(options: RegistryOptions): Promise<SchemaFault[]> {
  const admin = registryAdmin(options);
  const faults: SchemaFault[] = [];
  for (const record of Object.keys(VERSIONS) as RecordName[]) {
    const subject = getSubject(record);
    const released = getVersions(record);
    const registered = await admin.registered(subject);
    const level = await admin.getCompatibility(subject);
    if (level !== "FULL_TRANSITIVE") {
      const actual = level ?? "none";
      faults.push({ subject, fault: "compatibility", expected: "FULL_TRANSITIVE", actual, severity: "error" });
    }
    faults.push(...findVersionFaults(subject, released, registered));
  }
  return faults;
}

function findVersionFaults(
  subject: string,
  released: readonly SchemaVersion[],
  registered: readonly RegisteredSchema[],
): SchemaFault[] {
  const missing = released.filter(({ schema }) => !registered.some((each) => sameSchema(each.schema, schema)));
  const foreign = registered.filter((each) => !released.some(({ schema }) => sameSchema(each.schema, schema)));
  const incompatible = foreign.flatMap((each) =>
    released.flatMap((ours): SchemaFault[] => {
      const why = incompatibility(ours.schema, each.schema);
      const expected = `${ours.record}/${ours.version} and registered version ${each.version} read each other`;
      return why === null ? [] : [{ subject, fault: "incompatible", expected, actual: why, severity: "error" }];
    }),
  );
  return [
    ...missing.map(({ record, version }): SchemaFault => {
      const expected = `${record}/${version} registered`;
      return { subject, fault: "missing", expected, actual: "not registered", severity: "error" };
    }),
    ...foreign.map(({ version, id }): SchemaFault => {
      const actual = `registered version ${version} (id ${id}) is in no file`;
      return { subject, fault: "foreign", expected: "released versions only", actual, severity: "warning" };
    }),
    ...incompatible,
  ];
}

/** Why two schemas cannot read each other (avsc builds a resolver for each direction); null when they can. */
export function incompatibility(one: Record<string, unknown>, other: Record<string, unknown>): string | null {
  try {
    avroType(one).createResolver(avroType(other));
    avroType(other).createResolver(avroType(one));
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : "not an Avro schema";
  }
}
