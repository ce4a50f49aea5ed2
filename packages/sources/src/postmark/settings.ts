import { NO_FIELDS, passwordFault } from "../settings.ts";
import type { KindSettings } from "../settings.ts";

export const settings: KindSettings = {
  ...NO_FIELDS,
  secrets: { what: "user:password", fault: passwordFault },
};
