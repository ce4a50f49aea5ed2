export { createCodec } from "./codec.ts";
export type { Codec } from "./codec.ts";
export type { SchemaIds } from "./schema-ids.ts";
export { createLocalSchemaIds } from "./local-schema-ids.ts";
export type { LocalSchemaIds } from "./local-schema-ids.ts";
export { createRegistry } from "./registry-schema-ids.ts";
export type { RegistryOptions } from "./registry-options.ts";
export {
  IncompatibleSchemaError,
  RecordTooLargeError,
  RegistryUnavailableError,
  UndecodableRecordError,
  UnencodableValueError,
} from "./errors.ts";
export { registerSchemas } from "./register-schemas.ts";
export type { RegisteredVersion } from "./register-schemas.ts";
export { checkSchemas, incompatibility } from "./check-schemas.ts";
export type { SchemaFault } from "./check-schemas.ts";
export { getSubject } from "./subjects.ts";
export { readRecordHeaders, recordHeaders, buildSchemaHeader } from "./record-headers.ts";
export type { RecordHeaderFields, RecordHeaderValues } from "./record-headers.ts";
export { openOwned, findOwner, findDeadLetterOwner, unknownOwner } from "./owned-record.ts";
export type { Owned, RecordOwner } from "./owned-record.ts";
export { fitNormalizedEvent, fitRawEvent } from "./claim-check.ts";
export { isBlobRef, resolveBody, resolveHeaders, resolveText } from "./claim-check-read.ts";
export { readSchemaId } from "./wire-format.ts";
export { outcomeRecord } from "./outcome-record.ts";
export type { EncodedRecord } from "./outcome-record.ts";
export { avroType } from "./record-types.ts";
