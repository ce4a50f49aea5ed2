export { collectTelemetry } from "./collect-telemetry.ts";
export type { CollectedTelemetry } from "./collect-telemetry.ts";
