import type { Alert } from "./alert.ts";
import { CRM, GATEWAY, PLATFORM } from "./edge-alerts.ts";
import { LATE, LOST } from "./mail-alerts.ts";
import { BURN_ALERTS } from "./service-levels.ts";

export { RECORDINGS, SERVICE_LEVELS } from "./service-levels.ts";

/** Every alert, by the group that it is evaluated in. A new one is an entry in its file, with both tests. */
export const ALERTS: Readonly<Record<string, readonly Alert[]>> = {
  "inlet-lost": LOST,
  "inlet-late": LATE,
  "inlet-crm": CRM,
  "inlet-gateway": GATEWAY,
  "inlet-platform": PLATFORM,
  "inlet-service-levels": BURN_ALERTS,
};
