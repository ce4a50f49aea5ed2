import { NO_FIELDS, sharedSecretFault } from "../settings.ts";
import type { KindSettings } from "../settings.ts";

export const settings: KindSettings = {
  ...NO_FIELDS,
  secrets: { fault: sharedSecretFault },
};
