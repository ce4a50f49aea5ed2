import { readFileSync } from "node:fs";
import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, test } from "vitest";
import { startLimitedGateway } from "../testing/hostile/limited-gateway.ts";
import type { LimitedGateway } from "../testing/hostile/limited-gateway.ts";
import { CONTAINER_BYTES, HEAP_MIB } from "../testing/hostile/limits-of-compose.ts";
import { MAIL_SHAPES, isReply, sayRaw } from "../testing/hostile/mail-shapes.ts";
import { startNeighbour } from "../testing/hostile/neighbour.ts";
import type { Neighbour } from "../testing/hostile/neighbour.ts";
import { sendRaw } from "../testing/hostile/raw-request.ts";
import { playRound } from "../testing/hostile/round.ts";
import { bodyShapes, framingShapes } from "../testing/hostile/shapes.ts";
import { signedHeaders } from "../testing/sign.ts";
import { SECRET } from "../testing/test-gateway.ts";

/** D1: one process with compose's limits, attacked by every shape while another tenant sends. Times are asserted nowhere: `npm run fuzz` prints them. */

/** Bytes of the shapes that may be of any size; the fuzzing takes more. */
const LARGE = 1_500_000;

let gateway: LimitedGateway;
let neighbour: Neighbour;
let before: number;
let run = 0;
beforeAll(async () => {
  gateway = await startLimitedGateway();
});
afterAll(async () => gateway.stop());
beforeEach(async () => {
  before = (await gateway.ask()).neighbours.length;
  neighbour = startNeighbour(gateway, (run += 1));
});
/** After each: the process lives within its memory, and has everything that the neighbour was told is accepted. */
afterEach(async () => {
  const { accepted, refused } = await neighbour.end();
  expect(refused).toEqual([]);
  const told = await gateway.ask();
  expect(told.neighbours.slice(before)).toEqual(accepted.map((eventId) => `neighbour/${eventId}`));
  expect(told.peakRssBytes).toBeLessThan(CONTAINER_BYTES);
});

describe(
  "D1: whatever a stranger sends is refused to him, and no one else's mail suffers",
  { timeout: 240_000 },
  () => {
    test.each([
      ["bodies", bodyShapes(LARGE)],
      ["framings", framingShapes()],
    ])("%s, at every address", async (_what, shapes) => {
      const records = (await gateway.ask()).records;
      const faults: string[] = [];
      for (const { name, pieces, answers } of shapes) {
        const { status, mediaType, body } = await sendRaw(gateway.ports.http, pieces());
        if (!answers.includes(status) || mediaType !== "application/problem+json") {
          faults.push(`${name}: ${status} ${mediaType} ${body.slice(0, 200)} ${gateway.ended() ?? ""}`);
        }
        if (gateway.ended() !== null) break;
      }
      expect(faults).toEqual([]);
      const told = await gateway.ask();
      expect(told.records - records).toBe(told.neighbours.length - before);
    });

    test("40 large bodies at once: refused as unsigned or without room", async () => {
      const shape = bodyShapes(LARGE).find(({ name }) => name.includes("mime: one letter"));
      const answers = await Promise.all(
        Array.from({ length: 40 }, async () => sendRaw(gateway.ports.http, shape?.pieces() ?? [])),
      );
      expect(answers.filter(({ status }) => status !== 401 && status !== 503)).toEqual([]);
    });

    test("a large body takes at most four times its bytes in memory", async () => {
      const bytes = 20_000_000;
      const faults: string[] = [];
      for (const what of [
        "mailgun: escapes alone",
        "sendgrid: a large field named token",
        "webhooks: a large body of [",
      ]) {
        const shape = bodyShapes(bytes).find(({ name }) => name.endsWith(what));
        await gateway.ask({ anew: true });
        const { heldBytes } = await gateway.ask();
        await sendRaw(gateway.ports.http, shape?.pieces() ?? []);
        const { highestHeldBytes } = await gateway.ask();
        // Of the highest, 20 ms apart, what is above what was held before; the neighbour's mail is among it.
        if (highestHeldBytes - heldBytes > 4 * bytes) faults.push(`${what}: ${highestHeldBytes - heldBytes}`);
      }
      expect(faults).toEqual([]);
    });

    test.each(["smtp", "lmtp"] as const)("what %s clients say", async (protocol) => {
      const faults: string[] = [];
      for (const { name, pieces, ends } of MAIL_SHAPES) {
        const replies = await sayRaw(gateway.ports[protocol], asSaid(protocol, pieces(LARGE)));
        const wrong = replies.filter((line) => !isReply(line));
        if (wrong.length > 0 || !ends.test(replies.at(-1) ?? "")) {
          faults.push(
            `${name}: ${wrong
              .concat(replies.at(-1) ?? "nothing")
              .join(" | ")
              .slice(0, 300)} ${gateway.ended() ?? ""}`,
          );
        }
        if (gateway.ended() !== null) break;
      }
      expect(faults).toEqual([]);
    });
  },
);

/** As `npm run fuzz -- --endpoints` does for an hour; again by hand: `npm run fuzz -- --endpoints --seed N --minutes 0`. */
test("D1: what chance makes of the shapes, 12 seeds", { timeout: 240_000 }, async () => {
  const faults: string[] = [];
  for (let seed = 1; seed <= 12 && gateway.ended() === null; seed += 1) {
    const round = await playRound(gateway, seed, LARGE);
    faults.push(...round.faults.map((fault) => `seed ${seed}: ${fault}`));
  }
  expect(faults).toEqual([]);
});

describe("D1: a tenant that may send ends no one's gateway", { timeout: 240_000 }, () => {
  test.each([
    ["a large body of [", Buffer.alloc(20_000_000, "[")],
    ["a large body of {},", Buffer.concat([Buffer.from("["), Buffer.alloc(20_000_000, "{},")])],
  ])("%s, signed, is kept as it is", async (_what, body) => {
    const response = await fetch(`http://127.0.0.1:${gateway.ports.http}/v1/inbound/attacked/json`, {
      method: "POST",
      headers: { "content-type": "application/json", ...signedHeaders(SECRET, body, Date.now()) },
      body,
    });
    expect(await response.json()).toMatchObject({ duplicate: false });
  });
});

test("the process here has what docker-compose.yml gives it", () => {
  const file = readFileSync(new URL("../../../docker-compose.yml", import.meta.url), "utf8");
  // Of x-inlet, which the gateway's container takes it from.
  expect(/limits: \{ memory: (\d+)M/.exec(file)?.[1]).toBe(String(CONTAINER_BYTES / 1024 / 1024));
  const gatewayAlone = file.slice(file.indexOf("  ingest-gateway:"), file.indexOf("  parser:"));
  expect(gatewayAlone).not.toContain("memory");
  expect(HEAP_MIB * 2 * 1024 * 1024).toBe(CONTAINER_BYTES);
});

function asSaid(protocol: "smtp" | "lmtp", pieces: Iterable<Buffer>): Iterable<Buffer> {
  if (protocol === "smtp") return pieces;
  return [...pieces].map((piece) =>
    piece.subarray(0, 5).toString() === "EHLO " ? Buffer.concat([Buffer.from("LHLO "), piece.subarray(5)]) : piece,
  );
}
