/** Of what is deleted: a part of the closed table of metrics. */
export const LIFECYCLE_METRICS = {
  sweptRows: {
    kind: "counter",
    name: "inlet_swept_rows_total",
    help: "Rows of the ledger, and blobs, that were deleted or blanked, by table, and whether by retention or by an erasure.",
    labels: ["sweep", "table"],
  },
  oldestDeliverySeconds: {
    kind: "gauge",
    name: "inlet_oldest_delivery_seconds",
    help: "Age of the oldest delivery that the ledger keeps, as the last sweep left it; 0 without one.",
    labels: [],
  },
} as const;
