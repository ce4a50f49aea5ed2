/** The record itself cannot be read, now or later: not our wire format, truncated, or written with a schema that no one here knows. */
export class UndecodableRecordError extends Error {
  override readonly name = "UndecodableRecordError";
}

/** The schema registry is away or not set up: our infrastructure, retriable, never the record's fault. */
export class RegistryUnavailableError extends Error {
  override readonly name = "RegistryUnavailableError";
}

/** A value that its schema does not allow; the message names the field, never its content. */
export class UnencodableValueError extends Error {
  override readonly name = "UnencodableValueError";
}

/** Too large for its topic even with every part that can move in the blob store. */
export class RecordTooLargeError extends Error {
  override readonly name = "RecordTooLargeError";
}

/** The registry refused to register a version, since it is not compatible with one that is there. */
export class IncompatibleSchemaError extends Error {
  override readonly name = "IncompatibleSchemaError";
}
