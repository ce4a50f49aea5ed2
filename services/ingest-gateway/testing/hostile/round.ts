import type { LimitedGateway } from "./limited-gateway.ts";
import { CONTAINER_BYTES } from "./limits-of-compose.ts";
import { MAIL_SHAPES, isReply, sayRaw } from "./mail-shapes.ts";
import { createChance } from "./random.ts";
import type { Chance } from "./random.ts";
import { sendRaw } from "./raw-request.ts";
import { bodyShapes, framingShapes } from "./shapes.ts";

/** What one attack brought: how it was answered, and what is wrong with that. */
interface Attacked {
  readonly answer: string;
  readonly fault: string | null;
}

export interface Round {
  /** How many attacks were answered so: `401`, `mail 421`. */
  readonly answers: Readonly<Record<string, number>>;
  readonly faults: readonly string[];
  readonly peakRssBytes: number;
  /** Processor time of the whole round, the neighbour's mail included. */
  readonly cpuMs: number;
}

const MOST_AT_A_TIME = 8;
/** What a request that was cut off, or never ends, is waited for. */
const PATIENCE_MS = 2000;

/** Some attacks at once, all decided by the seed. @param large most bytes of one */
export async function playRound(gateway: LimitedGateway, seed: number, large: number): Promise<Round> {
  const chance = createChance(seed);
  const before = (await gateway.ask()).cpu;
  const attacks = Array.from({ length: 1 + chance.below(MOST_AT_A_TIME) }, () => planAttack(chance, large));
  const ends = await Promise.all(attacks.map(async (attack) => attack(gateway)));
  const { cpu, peakRssBytes } = await gateway.ask();
  const answers: Record<string, number> = {};
  for (const { answer } of ends) answers[answer] = (answers[answer] ?? 0) + 1;
  return {
    answers,
    peakRssBytes,
    cpuMs: (cpu.user + cpu.system - before.user - before.system) / 1000,
    faults: [
      ...ends.flatMap(({ fault }) => (fault === null ? [] : [fault])),
      ...(peakRssBytes < CONTAINER_BYTES ? [] : [`it took ${peakRssBytes} bytes`]),
    ],
  };
}

type Attack = (gateway: LimitedGateway) => Promise<Attacked>;

function planAttack(chance: Chance, large: number): Attack {
  const size = Math.floor(1000 * (large / 1000) ** chance.next());
  const kind = chance.next();
  if (kind < 0.35) return postShape(chance, size);
  if (kind < 0.65) return postMutant(chance, size);
  if (kind < 0.7) return postNoise(chance);
  return kind < 0.85 ? sayShape(chance, size) : sayNoise(chance);
}

function postShape(chance: Chance, size: number): Attack {
  const shape = chance.of([...bodyShapes(size), ...framingShapes()]);
  return async ({ ports }) => {
    const { status, mediaType } = await sendRaw(ports.http, shape.pieces());
    const well = shape.answers.includes(status) && mediaType === "application/problem+json";
    return { answer: String(status), fault: well ? null : `${shape.name}: ${status} ${mediaType}` };
  };
}

/** A shape with bytes changed, put in, or cut off; in pieces of any size, some of them late. */
function postMutant(chance: Chance, size: number): Attack {
  const shape = chance.of([...bodyShapes(size), ...framingShapes()]);
  const [flips, noise, cut] = [chance.below(6), chance.bytes(chance.below(30)), chance.next()];
  const places = Array.from({ length: flips }, () => [chance.next(), chance.below(256)] as const);
  const [pieceBytes, noisePlace] = [1 + chance.below(4000), chance.next()];
  return async ({ ports }) => {
    const head = Buffer.concat([...shape.pieces()].slice(0, 3)).subarray(0, 200_000);
    for (const [place, value] of places) head[Math.floor(place * Math.min(head.length, 600))] = value;
    const at = Math.floor(noisePlace * head.length);
    const whole = Buffer.concat([head.subarray(0, at), noise, head.subarray(at)]);
    const sent = cut < 0.5 ? whole : whole.subarray(0, Math.floor(whole.length * cut));
    return judge(`a mutant of ${shape.name}`, await sendRaw(ports.http, inPieces(sent, pieceBytes), PATIENCE_MS));
  };
}

function postNoise(chance: Chance): Attack {
  const noise = chance.bytes(1 + chance.below(5000));
  return async ({ ports }) => judge("noise", await sendRaw(ports.http, inPieces(noise, 100), PATIENCE_MS));
}

/** No one here has a secret: an acceptance is a fault, and so is a refusal that is no problem. A connection that ends is none. */
function judge(name: string, { status, mediaType, body }: Awaited<ReturnType<typeof sendRaw>>): Attacked {
  const well = status === 0 || (status >= 400 && status !== 500 && mediaType === "application/problem+json");
  return { answer: String(status), fault: well ? null : `${name}: ${status} ${mediaType} ${body.slice(0, 200)}` };
}

function* inPieces(bytes: Buffer, size: number): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

function sayShape(chance: Chance, size: number): Attack {
  const [shape, protocol] = [chance.of(MAIL_SHAPES), chance.of(["smtp", "lmtp"] as const)];
  return async ({ ports }) =>
    judgeReplies(shape.name, await sayRaw(ports[protocol], shape.pieces(size), PATIENCE_MS * 5));
}

const WORDS = [
  "EHLO client.example",
  "HELO \u0000",
  "LHLO x",
  "MAIL FROM:<>",
  "MAIL FROM:<a@client.example> SIZE=-1",
  "MAIL FROM:<a@client.example> BODY=8BITMIME SMTPUTF8",
  "MAIL FROM:<@@@>",
  "RCPT TO:<sales@attacked.example>",
  "RCPT TO:<sales@attacked.example> NOTIFY=NEVER,SUCCESS ORCPT=",
  `RCPT TO:<${"+".repeat(400)}@attacked.example>`,
  'RCPT TO:<"a@b"@attacked.example>',
  "DATA",
  ".",
  "..",
  "RSET",
  "STARTTLS",
  "AUTH PLAIN AGEAYg==",
  "XCLIENT ADDR=[IPV6:::1]",
  "BDAT 100 LAST",
  "VRFY postmaster",
  "HELP",
  "NOOP",
  "\uFEFF",
  "Message-ID: <\u0000>",
  'Content-Type: multipart/mixed; boundary="',
];

function sayNoise(chance: Chance): Attack {
  const protocol = chance.of(["smtp", "lmtp"] as const);
  const lines = Array.from({ length: 1 + chance.below(80) }, () => {
    const [kind, word] = [chance.next(), chance.of(WORDS)];
    if (kind < 0.75) return Buffer.from(`${word}\r\n`);
    return kind < 0.9 ? Buffer.from(`${word.slice(0, chance.below(word.length))}\n`) : chance.bytes(chance.below(300));
  });
  return async ({ ports }) => judgeReplies("mail noise", await sayRaw(ports[protocol], lines, PATIENCE_MS));
}

function judgeReplies(name: string, replies: readonly string[]): Attacked {
  const wrong = replies.find((line) => !isReply(line));
  const last = replies.at(-1)?.slice(0, 3) ?? "nothing";
  return { answer: `mail ${last}`, fault: wrong === undefined ? null : `${name}: ${wrong.slice(0, 200)}` };
}
