import { NO_FIELDS } from "../settings.ts";
import type { KindSettings } from "../settings.ts";

export const settings: KindSettings = { ...NO_FIELDS, secrets: { instead: "use allowFrom to say who may send" } };
