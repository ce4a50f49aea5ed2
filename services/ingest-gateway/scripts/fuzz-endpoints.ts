/** `npm run fuzz -- --endpoints`: strangers at every address and mail port of a gateway's process with compose's limits, watched from outside. */
import { parseArgs } from "node:util";
import { startLimitedGateway } from "../testing/hostile/limited-gateway.ts";
import { MAIL_SHAPES, sayRaw } from "../testing/hostile/mail-shapes.ts";
import { startNeighbour } from "../testing/hostile/neighbour.ts";
import { sendRaw } from "../testing/hostile/raw-request.ts";
import { playRound } from "../testing/hostile/round.ts";
import { bodyShapes, framingShapes } from "../testing/hostile/shapes.ts";

/** As large as sources take by default. */
const LARGE = 30_000_000;
const SHOWN = 10;

const { values } = parseArgs({
  options: {
    endpoints: { type: "boolean" },
    seed: { type: "string", default: "1" },
    minutes: { type: "string", default: "60" },
    measure: { type: "boolean", default: false },
  },
});
const MiB = (bytes: number): string => `${Math.round(bytes / 1024 / 1024)} MiB`;
const say = (line: string): void => void process.stdout.write(`fuzz: ${line}\n`);

const gateway = await startLimitedGateway();
try {
  if (values.measure) await measureShapes();
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

/** What each shape costs by itself, and how much more it is than a body of the same size that nothing is found in. */
async function measureShapes(): Promise<void> {
  const costs: { readonly name: string; readonly ms: number; readonly grown: number }[] = [];
  const measure = async (name: string, attack: () => Promise<unknown>): Promise<void> => {
    const before = await gateway.ask();
    await attack();
    const after = await gateway.ask();
    const ms = (after.cpu.user + after.cpu.system - before.cpu.user - before.cpu.system) / 1000;
    costs.push({ name, ms, grown: after.peakRssBytes - before.peakRssBytes });
  };
  const shapes = [...bodyShapes(LARGE), ...framingShapes()];
  for (const { name, pieces } of shapes) await measure(name, async () => sendRaw(gateway.ports.http, pieces()));
  for (const { name, pieces } of MAIL_SHAPES) {
    await measure(`SMTP: ${name}`, async () => sayRaw(gateway.ports.smtp, pieces(LARGE)));
  }
  say(`${costs.length} shapes, at most ${MiB((await gateway.ask()).peakRssBytes)}; those that took most:`);
  for (const { name, ms, grown } of costs.toSorted((a, b) => b.ms - a.ms).slice(0, SHOWN)) {
    say(`${String(Math.round(ms)).padStart(6)} ms of processor, ${MiB(grown).padStart(8)} more  ${name}`);
  }
}
