import type { ConsumerOptions } from "../port.ts";

export type ConsumerAlert = Parameters<NonNullable<ConsumerOptions["onAlert"]>>[0];

/** The alert for a read position outside of the log, with the gap: records that were deleted unread, or a log that is shorter than it was. */
export function buildOutOfRangeAlert(
  at: { readonly groupId: string; readonly topic: string; readonly partition: number },
  position: bigint,
  range: { readonly low: bigint; readonly high: bigint },
): ConsumerAlert {
  const deleted = position < range.low;
  const where = `${at.groupId} on ${at.topic}/${at.partition}`;
  const gap = deleted ? range.low - position : position - range.high;
  return {
    code: "offset_out_of_range",
    message: deleted
      ? `${where}: ${gap} records were deleted before they were read. Compare the topic's retention with the backlog.`
      : `${where}: the position ${position} is beyond the log's end ${range.high}; reading again from its start. Was the topic made anew?`,
    detail: {
      ...at,
      position: position.toString(),
      low: range.low.toString(),
      high: range.high.toString(),
      gap: gap.toString(),
    },
  };
}

/** The records that an alert says the group will never read; null for an alert of another kind. */
export function parseGap({ code, detail }: ConsumerAlert): {
  readonly groupId: string;
  readonly topic: string;
  readonly partition: number;
  readonly from: number;
  readonly to: number;
  readonly cause: "deleted_unread" | "made_anew";
} | null {
  if (code !== "offset_out_of_range") return null;
  const [position, low, high] = ["position", "low", "high"].map((name) => Number(detail[name])) as [
    number,
    number,
    number,
  ];
  const at = {
    groupId: String(detail["groupId"]),
    topic: String(detail["topic"]),
    partition: Number(detail["partition"]),
  };
  return position < low
    ? { ...at, from: position, to: low, cause: "deleted_unread" }
    : { ...at, from: high, to: position, cause: "made_anew" };
}
