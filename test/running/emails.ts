import { groupIn, topicIn } from "@inlet/schemas";
import { backlog } from "./backlog.ts";
import { eventually, type RunningInlet } from "./running-inlet.ts";

/** Waits until every email of `acme` is written. */
export async function allWritten(inlet: RunningInlet, eventIds: readonly string[], ms = 200_000): Promise<void> {
  await eventually(
    "every email to be written",
    async () => {
      const states = await inlet.ledger.inspect.states(eventIds.map((eventId) => ({ tenant: "acme", eventId })));
      return eventIds.every((eventId) => states.get(`acme/${eventId}`) === "written") ? true : null;
    },
    ms,
  );
}

/** Starts a sink that ends with kill -9 at the point, sends an email, and waits until it is dead of it. */
export async function killSinkAt(inlet: RunningInlet, point: string, send: () => Promise<unknown>): Promise<void> {
  const sink = await inlet.start("crm-sink", { INLET_TEST_KILL_AT: point });
  await send();
  const ended = await Promise.race([sink.ended, eventually(`the sink to be at ${point}`, async () => null, 45_000)]);
  if (ended?.signal !== "SIGKILL")
    throw new Error(`the sink ended at ${point} by itself: ${await inlet.logs("crm-sink")}`);
}

/** Sets the offsets of both groups, whose services are stopped, to the beginning, and waits until `start` has read everything again. */
export async function readAgain(inlet: RunningInlet, start: () => Promise<unknown>): Promise<void> {
  for (const [service, topicName] of [
    ["parser", "rawEvents"],
    ["crm-sink", "normalizedEvents"],
  ] as const) {
    const topic = topicIn(topicName, "shared");
    const partitions = await inlet.admin.topicOffsets(topic);
    const low = new Map(partitions.map((partition) => [partition.partition, partition.low]));
    await inlet.admin.setOffsets(groupIn(service, "shared"), topic, low);
  }
  await start();
  await eventually("everything to be read again", async () => ((await backlog(inlet)) === 0 ? true : null), 120_000);
}
