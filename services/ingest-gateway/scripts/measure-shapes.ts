import { createHmac } from "node:crypto";
import { once } from "node:events";
import { connect } from "node:net";
import type { LimitedGateway } from "../testing/hostile/limited-gateway.ts";
import { MAIL_SHAPES, sayRaw } from "../testing/hostile/mail-shapes.ts";
import { sendRaw } from "../testing/hostile/raw-request.ts";
import { bodyShapes, framingShapes } from "../testing/hostile/shapes.ts";

const SHOWN = 25;
/** Of so many times the cheapest counts: the first one compiles, and the machine has other work. */
const TIMES = 3;
/** Smaller ones cost what a request costs; they are compared with nothing. */
const COMPARED_FROM = 1024 * 1024;
/** How often the whole body is hashed before its sender is known, by the end of the address: once a secret or key; by SMTP for its name and its blob. */
const HASHES: Readonly<Record<string, number>> = { json: 2, webhooks: 1, mime: 1, sendgrid: 1, attacked: 1, SMTP: 2 };

interface Cost {
  readonly ms: number;
  readonly bytes: number;
}
interface Measured extends Cost {
  readonly name: string;
  readonly sent: number;
  /** What receiving and hashing the same bytes costs a server of Node alone, ms. */
  readonly floor: number;
}
type Pieces = () => Iterable<Buffer>;
type Attack = (pieces: Iterable<Buffer>) => Promise<unknown>;

/** What each shape costs by itself, and what of it is neither receiving nor hashing (docs/decisions/0030-what-a-stranger-may-cost.md). */
export async function measureShapes(
  gateway: LimitedGateway,
  { large, only, say }: { readonly large: number; readonly only: string; readonly say: (line: string) => void },
): Promise<void> {
  const measure = async (pieces: Pieces, attack: Attack): Promise<Cost> => {
    const costs: Cost[] = [];
    for (let time = 0; time < TIMES; time += 1) costs.push(await measureCost(gateway, async () => attack(pieces())));
    return { ms: Math.min(...costs.map(({ ms }) => ms)), bytes: Math.min(...costs.map(({ bytes }) => bytes)) };
  };
  const hash = timeHash(Buffer.alloc(large, "x")) / large;
  say(`an HMAC of ${toMiB(large)} takes ${(hash * large).toFixed()} ms`);

  const all: Measured[] = [];
  /** `bare`: sends the same bytes to a server of Node alone. */
  const add = async (name: string, pieces: Pieces, attack: Attack, bare: Attack): Promise<void> => {
    if (!name.includes(only)) return;
    const sent = [...pieces()].reduce((sum, piece) => sum + piece.length, 0);
    const hashes = HASHES[name.split(":", 1)[0]?.split("/").at(-1) ?? ""] ?? 0;
    const floor = sent < COMPARED_FROM ? 0 : (await measure(pieces, bare)).ms + hashes * hash * sent;
    all.push({ name, sent, floor, ...(await measure(pieces, attack)) });
  };
  const { ports } = gateway;
  for (const { name, pieces } of [...bodyShapes(large), ...framingShapes()])
    await add(
      name,
      pieces,
      async (sent) => sendRaw(ports.http, sent),
      async (sent) => sendRaw(ports.bareHttp, sent),
    );
  for (const { name, pieces } of MAIL_SHAPES)
    await add(
      `SMTP: ${name}`,
      () => pieces(large),
      async (sent) => sayRaw(ports.smtp, sent),
      async (sent) => writeAll(ports.bareTcp, sent),
    );

  const peak = toMiB((await gateway.ask()).peakRssBytes);
  say(`${all.length} shapes, at most ${peak}; those that took most processor beyond receiving and hashing:`);
  for (const one of all.toSorted((a, b) => measureExcess(b) - measureExcess(a)).slice(0, SHOWN)) say(toLine(one));
  say("those that took most memory for their bytes, of those that took 8 MiB:");
  const heavy = all.filter(({ bytes }) => bytes > 8 * 1024 * 1024);
  for (const one of heavy.toSorted((a, b) => b.bytes / b.sent - a.bytes / a.sent).slice(0, SHOWN)) say(toLine(one));
}

function measureExcess({ ms, floor }: Measured): number {
  return ms - floor;
}

function toLine(measured: Measured): string {
  const { name, ms, floor, bytes, sent } = measured;
  const [all, beyond] = [ms, measureExcess(measured)].map((each) => each.toFixed().padStart(5));
  return `${beyond} ms beyond ${floor.toFixed().padStart(4)} (${all} in all), ${toMiB(bytes).padStart(8)} for ${toMiB(sent).padStart(6)}  ${name}`;
}

function toMiB(bytes: number): string {
  return `${Math.round(bytes / 1024 / 1024)} MiB`;
}

async function writeAll(port: number, pieces: Iterable<Buffer>): Promise<void> {
  const socket = connect({ port, host: "127.0.0.1" });
  await once(socket, "data");
  for (const piece of pieces) if (!socket.write(piece)) await once(socket, "drain");
  socket.end();
  await once(socket, "close");
}

/** Processor time of one HMAC, ms. */
function timeHash(bytes: Buffer): number {
  const times = Array.from({ length: TIMES }, () => {
    const before = process.cpuUsage();
    createHmac("sha256", "secret").update(bytes).digest();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  });
  return Math.min(...times);
}

/** Processor time of the gateway, and how far its memory rose above what it was before. */
async function measureCost(gateway: LimitedGateway, attack: () => Promise<unknown>): Promise<Cost> {
  await gateway.ask({ anew: true });
  const before = await gateway.ask();
  await attack();
  const after = await gateway.ask();
  return {
    ms: (after.cpu.user + after.cpu.system - before.cpu.user - before.cpu.system) / 1000,
    bytes: after.highestHeldBytes - before.heldBytes,
  };
}
