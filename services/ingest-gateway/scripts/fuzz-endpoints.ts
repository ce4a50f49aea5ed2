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
const SHOWN = 25;

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

/** What each shape costs by itself: the cheapest of three times, since the first one compiles and the machine has other work. */
async function measureShapes(): Promise<void> {
  const costs: { readonly name: string; readonly ms: number; readonly bytes: number; readonly sent: number }[] = [];
  const measure = async (name: string, pieces: () => Iterable<Buffer>, attack: Attack): Promise<void> => {
    if (!name.includes(values.only)) return;
    const sent = [...pieces()].reduce((sum, piece) => sum + piece.length, 0);
    const times = [];
    for (let time = 0; time < 3; time += 1) times.push(await measureCost(async () => attack(pieces())));
    const ms = Math.min(...times.map((cost) => cost.ms));
    costs.push({ name, ms, bytes: Math.min(...times.map((cost) => cost.bytes)), sent });
  };
  for (const { name, pieces } of [...bodyShapes(LARGE), ...framingShapes()]) {
    await measure(name, pieces, async (sent) => sendRaw(gateway.ports.http, sent));
  }
  for (const { name, pieces } of MAIL_SHAPES) {
    await measure(
      `SMTP: ${name}`,
      () => pieces(LARGE),
      async (sent) => sayRaw(gateway.ports.smtp, sent),
    );
  }
  const line = ({ name, ms, bytes, sent }: (typeof costs)[number]): void =>
    say(`${Math.round(ms).toString().padStart(6)} ms, ${MiB(bytes).padStart(8)} for ${MiB(sent).padStart(6)}  ${name}`);
  say(`${costs.length} shapes, at most ${MiB((await gateway.ask()).peakRssBytes)}; those that took most processor:`);
  costs
    .toSorted((a, b) => b.ms - a.ms)
    .slice(0, SHOWN)
    .forEach(line);
  say("those that took most memory for their bytes, of those that took 8 MiB:");
  costs
    .filter(({ bytes }) => bytes > 8 * 1024 * 1024)
    .toSorted((a, b) => b.bytes / b.sent - a.bytes / a.sent)
    .slice(0, SHOWN)
    .forEach(line);
}

type Attack = (pieces: Iterable<Buffer>) => Promise<unknown>;

/** Processor time, and how far memory rose above what it was before. */
async function measureCost(attack: () => Promise<unknown>): Promise<{ readonly ms: number; readonly bytes: number }> {
  await gateway.ask({ anew: true });
  const before = await gateway.ask();
  await attack();
  const after = await gateway.ask();
  return {
    ms: (after.cpu.user + after.cpu.system - before.cpu.user - before.cpu.system) / 1000,
    bytes: after.highestHeldBytes - before.heldBytes,
  };
}
