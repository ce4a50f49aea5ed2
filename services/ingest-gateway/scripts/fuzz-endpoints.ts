/** `npm run fuzz -- --endpoints`: strangers at every address and mail port of a gateway's process with compose's limits, watched from outside. */
import { parseArgs } from "node:util";
import { startLimitedGateway } from "../testing/hostile/limited-gateway.ts";
import { startNeighbour } from "../testing/hostile/neighbour.ts";
import { playRound } from "../testing/hostile/round.ts";
import { measureShapes } from "./measure-shapes.ts";

/** As large as sources take by default. */
const LARGE = 30_000_000;

const { values } = parseArgs({
  options: {
    endpoints: { type: "boolean" },
    seed: { type: "string", default: "1" },
    minutes: { type: "string", default: "60" },
    measure: { type: "boolean", default: false },
    // Of the shapes to measure, those whose name holds this.
    only: { type: "string", default: "" },
  },
});
const MiB = (bytes: number): string => `${Math.round(bytes / 1024 / 1024)} MiB`;
const say = (line: string): void => void process.stdout.write(`fuzz: ${line}\n`);

const gateway = await startLimitedGateway();
try {
  if (values.measure) await measureShapes(gateway, { large: LARGE, only: values.only, say });
  else await playRounds(Number(values.seed), performance.now() + Number(values.minutes) * 60_000);
} finally {
  await gateway.stop();
}

/** Seed after seed until the time is over, or one shows a fault. */
async function playRounds(first: number, until: number): Promise<void> {
  const neighbour = startNeighbour(gateway, first);
  const answers: Record<string, number> = {};
  let [seed, told] = [first, performance.now()];
  let faults: readonly string[] = [];
  do {
    const round = await playRound(gateway, seed, LARGE).catch((error: unknown) => ({
      answers: {},
      faults: [String(error)],
      peakRssBytes: 0,
    }));
    for (const [answer, count] of Object.entries(round.answers)) answers[answer] = (answers[answer] ?? 0) + count;
    ({ faults } = round);
    if (performance.now() - told > 60_000) {
      told = performance.now();
      say(`seed ${seed}, at most ${MiB(round.peakRssBytes)}, answers ${JSON.stringify(answers)}`);
    }
    seed += 1;
  } while (faults.length === 0 && performance.now() < until);
  const { accepted, refused, slowestMs } = await neighbour.end();
  const kept = gateway.ended() === null ? (await gateway.ask()).neighbours.length : 0;
  say(`seeds ${first} to ${seed - 1}: answers ${JSON.stringify(answers)}`);
  say(
    `the other tenant: ${accepted.length} accepted, ${kept} kept, ${refused.length} refused, slowest ${Math.round(slowestMs)} ms`,
  );
  if (kept !== accepted.length || refused.length > 0)
    faults = [...faults, `the other tenant's mail: ${refused.join(" | ")}`];
  for (const fault of faults) say(`FAULT ${fault}`);
  if (faults.length > 0) say(`again with: npm run fuzz -- --endpoints --seed ${seed - 1} --minutes 0`);
  process.exitCode = faults.length === 0 ? 0 : 1;
}
