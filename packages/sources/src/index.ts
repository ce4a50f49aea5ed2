export type * from "./kind.ts";
export { findSourceKind, getSourceKind, SOURCE_KINDS } from "./registry.ts";
export { readSource, sourceFile } from "./read-source.ts";
export type { SourceReading } from "./read-source.ts";
export { MOST_BODY_BYTES, networkList, signingSecrets } from "./settings.ts";
export type { FieldFault, KindSecrets, KindSettings, ObjectStorage, SourceFile, SourceSettings } from "./settings.ts";
export { bareMessageId } from "./bare-message-id.ts";
export { contentKey, deliveryKey, storableId } from "./delivery-key.ts";
export { isSnsAddress } from "./ses/sns-message.ts";
