import { topicIn, SHARED_LANE, lanesIn } from "@inlet/schemas";
import type { Admin } from "@inlet/kafka";
import {
  REPLAYED,
  type DeliveryView,
  type Ledger,
  type Replay,
  type ReplayedService,
  type ReplayRange,
} from "@inlet/ledger";
import { badInput, Problem } from "../problem.ts";

/** What an operator asks to be read again. */
export interface ReplaySelection {
  readonly service: ReplayedService;
  /** Epoch ms, by the time at which Kafka took the record. */
  readonly since: number | null;
  readonly until: number | null;
  readonly offsets: readonly string[];
  readonly eventIds: readonly string[];
  readonly messageIds: readonly string[];
  readonly tenant: string | null;
  readonly lane: string | null;
}

export type Selected = Pick<Replay, "service" | "lane" | "topic" | "filter" | "ranges">;

interface Deps {
  readonly admin: Pick<Admin, "topics" | "topicOffsets" | "offsetsAt">;
  readonly ledger: { readonly inspect: Pick<Ledger["inspect"], "find"> };
}

/** The replays that a selection comes to, one a lane, with their ranges fixed now. Throws where nothing is meant, or nothing is found. */
export async function selectReplays(deps: Deps, selection: ReplaySelection): Promise<Selected[]> {
  const { service, since, until, offsets, eventIds, messageIds } = selection;
  const ids = [...eventIds, ...messageIds];
  if (ids.length > 0) {
    if (since !== null || until !== null || offsets.length > 0)
      throw badInput("emails by their ids and a range together make no sense: use one of the two");
    return selectEmails(deps, selection, ids);
  }
  if (offsets.length > 0) return selectOffsets(deps, selection);
  if (since === null) throw badInput("which emails? Use --since, --offset, --event or --message-id");
  const lanes = await findLanes(deps, selection);
  const selected = await Promise.all(
    lanes.map(async (lane) => {
      const topic = topicIn(REPLAYED[service], lane);
      return {
        service,
        lane,
        topic,
        filter: toFilter(selection),
        ranges: await rangesBetween(deps, topic, since, until),
      };
    }),
  );
  return selected.filter(({ ranges }) => ranges.length > 0);
}

/** A tenant's records lie in the shared lane and in its own, whichever it has now; without a tenant all lanes are meant. */
async function findLanes({ admin }: Deps, { lane, tenant }: ReplaySelection): Promise<string[]> {
  const there = lanesIn(await admin.topics());
  if (lane !== null && !there.includes(lane)) throw notThere(`no lane ${lane}: there are ${there.join(", ")}`);
  if (lane !== null) return [lane];
  return tenant === null ? there : there.filter((each) => each === SHARED_LANE || each === tenant);
}

async function rangesBetween(
  { admin }: Deps,
  topic: string,
  since: number,
  until: number | null,
): Promise<ReplayRange[]> {
  const [log, starts, ends] = await Promise.all([
    admin.topicOffsets(topic),
    since <= 0 ? admin.topicOffsets(topic) : admin.offsetsAt(topic, since),
    until === null ? null : admin.offsetsAt(topic, until),
  ]);
  const lows = new Map(starts.map(({ partition, low }) => [partition, low]));
  const highs = new Map(
    (ends ?? log.map(({ partition, high }) => ({ partition, low: high }))).map((at) => [at.partition, at.low]),
  );
  return log.flatMap(({ partition, high }) => {
    const [from, to] = [Number(lows.get(partition) ?? high), Number(highs.get(partition) ?? high)];
    return from < to ? [{ partition, from, to }] : [];
  });
}

const OFFSETS = /^(?<topic>[a-z0-9.-]+)\/(?<partition>\d{1,6})\/(?<from>\d{1,15})(?<range>-(?<to>\d{1,15})?)?$/;

async function selectOffsets({ admin }: Deps, selection: ReplaySelection): Promise<Selected[]> {
  const replays: { topic: string; ranges: ReplayRange[] }[] = [];
  for (const written of selection.offsets) {
    const parts = OFFSETS.exec(written)?.groups;
    if (parts === undefined)
      throw badInput(
        `--offset ${written}: expected TOPIC/PARTITION/OFFSET, or OFFSET-OFFSET, or OFFSET- for all from there on`,
      );
    const { topic = "", range, to } = parts;
    const partition = Number(parts["partition"]);
    const from = Number(parts["from"]);
    const log = (await admin.topicOffsets(topic)).find((each) => each.partition === partition);
    if (log === undefined) throw notThere(`${topic} has no partition ${partition}`);
    const last = range === undefined ? from : to === undefined ? Number(log.high) - 1 : Number(to);
    const end = Math.min(last + 1, Number(log.high));
    if (from < Number(log.low) || from >= end)
      throw notThere(`${written}: Kafka has ${log.low} to ${log.high - 1n} of it`);
    // A replay has one range a partition: what lies between two is not meant.
    const room = replays.find(
      (each) => each.topic === topic && !each.ranges.some((range) => range.partition === partition),
    );
    if (room === undefined) replays.push({ topic, ranges: [{ partition, from, to: end }] });
    else room.ranges.push({ partition, from, to: end });
  }
  return replays.map(({ topic, ranges }) => ({
    ...toPlace(selection.service, topic),
    filter: toFilter(selection),
    ranges,
  }));
}

async function selectEmails({ ledger }: Deps, selection: ReplaySelection, ids: readonly string[]): Promise<Selected[]> {
  const { service, tenant } = selection;
  const found = new Map<string, DeliveryView>();
  for (const id of ids) {
    const rows = (await ledger.inspect.find(id)).filter((row) => tenant === null || row.tenant === tenant);
    if (rows.length === 0) throw notThere(`nothing is known by the id ${id}`);
    for (const row of rows) found.set(`${row.tenant}/${row.eventId}`, row);
  }
  const topics = new Map<string, { range: ReplayRange; eventId: string }[]>();
  for (const row of found.values()) {
    const at = service === "parser" ? row.raw : row.normalized;
    if (at === null)
      throw notThere(
        `${row.eventId} has no record that the ${service} could read again: npx inlet show ${row.eventId}`,
      );
    const range = { partition: at.partition, from: at.offset, to: at.offset + 1 };
    topics.set(at.topic, [...(topics.get(at.topic) ?? []), { range, eventId: row.eventId }]);
  }
  return [...topics].map(([topic, records]) => ({
    ...toPlace(service, topic),
    filter: { ...toFilter(selection), eventIds: records.map(({ eventId }) => eventId) },
    ranges: joinRanges(records.map(({ range }) => range)),
  }));
}

function toFilter({ tenant }: ReplaySelection): Replay["filter"] {
  return tenant === null ? {} : { tenant };
}

function toPlace(service: ReplayedService, topic: string): Pick<Selected, "service" | "lane" | "topic"> {
  const lane = lanesIn([topic]).find((each) => topicIn(REPLAYED[service], each) === topic);
  if (lane === undefined)
    throw badInput(`${topic} is no topic of the ${service}, which reads ${topicIn(REPLAYED[service], SHARED_LANE)}`);
  return { service, lane, topic };
}

/** One range a partition: from the first to the last. What lies between and is not meant has another event id. */
function joinRanges(ranges: readonly ReplayRange[]): ReplayRange[] {
  return [...Map.groupBy(ranges, ({ partition }) => partition)].map(([partition, own]) => ({
    partition,
    from: Math.min(...own.map(({ from }) => from)),
    to: Math.max(...own.map(({ to }) => to)),
  }));
}

function notThere(message: string): Problem {
  return new Problem(404, "not-found", message);
}
