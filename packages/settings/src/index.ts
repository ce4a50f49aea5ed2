export { duration, milliseconds } from "./duration.ts";
export { isNetwork, buildNetworks, type Networks } from "./networks.ts";
export type { RawEnvironment } from "./raw-environment.ts";
export { secretList, type SecretList } from "./secret-list.ts";
export { resolveReference, SECRET_REFERENCE, type Resolved } from "./secret-reference.ts";
export { secretReference, secretReferences } from "./secret-reference-schema.ts";
export type { SecretFault, SettingFault, SettingsReading } from "./settings-reading.ts";
export { signingSecretFault, verifyingSecretFault } from "./standard-webhooks-secret.ts";
export { bytes, size } from "./size.ts";
