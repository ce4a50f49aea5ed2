import { randomBytes } from "node:crypto";
import { createServer, type Server } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createScanner } from "./scanner.ts";
import { clamdProblem, EICAR, startClamd, type Clamd } from "../../testing/clamd.ts";

const MiB = 1024 * 1024;
const problem = clamdProblem();

/** Needs ClamAV of Debian (clamav-daemon); the name of a skipped run, which `npm test` prints at its end, says what is missing. */
describe.skipIf(problem !== null)(`the scanner on a real clamd${problem === null ? "" : `: ${problem}`}`, () => {
  let clamd: Clamd;
  beforeAll(async () => {
    clamd = await startClamd({ streamMaxMiB: 4 });
  });
  afterAll(async () => clamd.close());

  it("catches EICAR, by its socket and by TCP, alone and in a zip", async () => {
    for (const url of clamd.urls) {
      const scanner = createScanner(url);
      expect(await scanner.ready()).toBe(true);
      expect(await scanner.scan(EICAR.plain)).toEqual({
        kind: "infected",
        signature: "Eicar-Test-Signature.UNOFFICIAL",
      });
      expect(await scanner.scan(EICAR.zipped)).toMatchObject({ kind: "infected" });
    }
  });

  it("lets ordinary content pass: empty, small, just below clamd's limit, many at once", async () => {
    const scanner = createScanner(clamd.urls[0]);
    expect(await scanner.scan(new Uint8Array())).toEqual({ kind: "clean" });
    expect(await scanner.scan(Buffer.from("Dear Sir,"))).toEqual({ kind: "clean" });
    expect(await scanner.scan(randomBytes(4 * MiB - 1024))).toEqual({ kind: "clean" });
    const many = await Promise.all(
      Array.from({ length: 24 }, async (_, index) => scanner.scan(index % 6 === 0 ? EICAR.plain : randomBytes(50_000))),
    );
    expect(many.map(({ kind }) => kind)).toEqual(many.map((_, index) => (index % 6 === 0 ? "infected" : "clean")));
  });

  it("says of a stream beyond clamd's limit, and of an encrypted zip, that they cannot be scanned", async () => {
    const scanner = createScanner(clamd.urls[1]);
    expect(await scanner.scan(randomBytes(12 * MiB))).toEqual({ kind: "unscannable", why: "too_large" });
    expect(await scanner.scan(EICAR.encrypted)).toEqual({ kind: "unscannable", why: "encrypted" });
    expect(await scanner.scan(Buffer.from("after it"))).toEqual({ kind: "clean" });
  });
});

describe("the scanner without a daemon", () => {
  it("is away where nothing listens", async () => {
    const nowhere = createScanner("unix:/nowhere/clamd.sock");
    expect(await nowhere.scan(Buffer.from("x"))).toEqual({ kind: "away", code: "ENOENT" });
    expect(await nowhere.ready()).toBe(false);
  });

  it("is away where something listens and never answers", async () => {
    const sockets = new Set<import("node:net").Socket>();
    const silent: Server = createServer((socket) => void sockets.add(socket));
    const port = await new Promise<number>((resolve) => {
      silent.listen(0, "127.0.0.1", () => resolve((silent.address() as { port: number }).port));
    });
    expect(await createScanner(`tcp://127.0.0.1:${port}`, 200).scan(Buffer.from("x"))).toMatchObject({ kind: "away" });
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => silent.close(resolve));
  });

  it("refuses an address of no daemon", () => {
    expect(() => createScanner("tcp://")).toThrow(RangeError);
  });
});
