import { verifyingSecretFault } from "@inlet/settings";
import { NO_FIELDS } from "../settings.ts";
import type { KindSettings } from "../settings.ts";

export const settings: KindSettings = { ...NO_FIELDS, secrets: { fault: verifyingSecretFault } };
