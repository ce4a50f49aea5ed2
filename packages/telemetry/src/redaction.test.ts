import { describe, expect, it } from "vitest";
import { createLogger } from "./logger.ts";
import { maskAddresses, redacted } from "./redaction.ts";

function logged(write: (log: ReturnType<typeof createLogger>) => void): string {
  const lines: string[] = [];
  write(
    createLogger({
      service: "crm-sink",
      version: "0.1.0",
      level: "trace",
      stream: { write: (line) => void lines.push(line) },
    }),
  );
  return lines.join("");
}

describe("what a log line may hold", () => {
  it("masks private keys at any depth and in child bindings, whatever their spelling", () => {
    const line = logged((log) =>
      log
        .child({ access_token: "tkn-1" })
        .child({ email: "tkn-4" })
        .info({
          request: { headers: { authorization: "Bearer tkn-2" }, "X-Webhook-Signature": "sig-3" },
          message: { subject: "Offer", deep: [{ replyText: "Dear Ann", replyTo: [{ name: "Ann" }] }] },
          tenant: "demo",
        }),
    );
    for (const secret of ["tkn-1", "tkn-2", "sig-3", "tkn-4", "Offer", "Dear Ann", '"Ann"'])
      expect(line).not.toContain(secret);
    expect(line).toContain('"tenant":"demo"');
  });

  it("keeps numbers under names that also mean addresses", () => {
    expect(redacted({ from: 12n, to: 40, body: null, tenant: "demo" })).toEqual({
      from: "12",
      to: 40,
      body: null,
      tenant: "demo",
    });
  });

  it("masks addresses in messages, values and errors", () => {
    const line = logged((log) => {
      log.info({ why: "contact ann.b+deal@example.co.uk exists" }, "mail of zoë@exämple.de");
      log.error({ err: new Error("550 <bob@example.com> rejected") }, "failed");
    });
    expect(line).not.toMatch(/ann\.b|zoë|bob|example/u);
    expect(line.match(/\[address\]/g)).toHaveLength(3);
  });

  it("takes from an error only type, message, code, status, frames and causes", () => {
    const cause = Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });
    const error = Object.assign(new TypeError("CRM refused", { cause }), {
      status: 400,
      response: { body: "the email of Ann" },
      config: { token: "tkn-9" },
    });
    const line = JSON.parse(logged((log) => log.warn({ err: error, eventId: "evt_1" }))) as {
      err: { type: string; status: number; stack: string; cause: { code: string } };
    };
    expect(Object.keys(line.err).toSorted()).toEqual(["cause", "message", "stack", "status", "type"]);
    expect(line.err).toMatchObject({ type: "TypeError", status: 400, cause: { code: "ECONNREFUSED" } });
    expect(line.err.stack).not.toContain("CRM refused");
    expect(line.err.stack).toContain("redaction.test.ts");
  });

  it("shows bytes as their length, cuts long strings and ends at cycles", () => {
    const cycle: Record<string, unknown> = { bytes: Buffer.from("Dear Ann"), long: "x".repeat(5000) };
    cycle["self"] = cycle;
    const line = JSON.stringify(redacted(cycle));
    expect(line).toContain("[8 bytes]");
    expect(line).not.toContain("Dear Ann");
    expect(line).not.toContain("x".repeat(2001));
    expect(line).toContain("[…]");
  });

  it("leaves package scopes and plain at-signs alone", () => {
    const text = "at node_modules/@opentelemetry/api/index.mjs, 3 @ 5";
    expect(maskAddresses(text)).toBe(text);
  });
});
