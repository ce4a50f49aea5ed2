import { expect, test } from "vitest";
import { TRUNCATION_LIMITS, LIMITS } from "./limits.ts";
import { parseMime } from "./parse-mime.ts";
import type { EmailContent } from "./port.ts";

const HEAD = "From: a@example.com\r\nSubject: S\r\nMIME-Version: 1.0\r\n";

async function findLimit(message: string | Buffer): Promise<string> {
  const result = await parseMime(Buffer.from(message));
  if (result.ok) return "parsed";
  return result.fault.code === "limit_exceeded"
    ? (/limits\.(\w+)/.exec(result.fault.message)?.[1] ?? "unnamed")
    : result.fault.code;
}

async function parsed(message: string): Promise<EmailContent> {
  const result = await parseMime(Buffer.from(message));
  if (!result.ok) throw new Error(result.fault.message);
  return result.email;
}

function nested(depth: number): string {
  let message = HEAD;
  for (let level = 0; level < depth; level++) {
    message += `Content-Type: multipart/mixed; boundary="b${level}"\r\n\r\n--b${level}\r\n`;
  }
  return `${message}\r\ninnermost\r\n`;
}

function flat(parts: number): string {
  return `${HEAD}Content-Type: multipart/mixed; boundary=b\r\n\r\n${"--b\r\n\r\nx\r\n".repeat(parts)}--b--\r\n`;
}

/** UN9: each limit, at it and past it. */
test("messageBytes", async () => {
  expect(await findLimit(Buffer.alloc(LIMITS.messageBytes + 1, "a"))).toBe("messageBytes");
});

test("headerBytes, of the message and of a part", async () => {
  const long = `X-Long: ${"x".repeat(LIMITS.headerBytes)}\r\n`;
  expect(await findLimit(`${HEAD}${long}\r\nHi\r\n`)).toBe("headerBytes");
  expect(
    await findLimit(`${HEAD}Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n${long}${long}\r\nHi\r\n--b--\r\n`),
  ).toBe("headerBytes");
  expect(await findLimit(`${HEAD}X-Long: ${"x".repeat(LIMITS.headerBytes - 1_000)}\r\n\r\nHi\r\n`)).toBe("parsed");
});

test("headerFields", async () => {
  expect(await findLimit(`${HEAD}${"X-A: 1\r\n".repeat(LIMITS.headerFields)}\r\nHi\r\n`)).toBe("headerFields");
  expect(await findLimit(`${HEAD}${"X-A: 1\r\n".repeat(LIMITS.headerFields - 10)}\r\nHi\r\n`)).toBe("parsed");
});

test("parts", async () => {
  expect(await findLimit(flat(LIMITS.parts * 10))).toBe("parts");
  expect(await findLimit(flat(100))).toBe("parsed");
});

test("depth", async () => {
  expect(await findLimit(nested(LIMITS.depth + 2))).toBe("depth");
  // The splitter runs ahead of the tree: far too deep is too many first.
  expect(["depth", "parts"]).toContain(await findLimit(nested(5_000)));
  const shallow = await parsed(nested(LIMITS.depth - 1));
  expect(shallow.text).toContain("innermost");
});

test("what is only cut says so, and the rest is there", async () => {
  const many = Array.from({ length: TRUNCATION_LIMITS.addresses + 5 }, (_, index) => `p${index}@example.com`).join(
    ",\r\n ",
  );
  const email = await parsed(
    `${HEAD}To: ${many}\r\nContent-Type: text/html\r\n\r\n${"<i>".repeat(TRUNCATION_LIMITS.htmlDepth + 1)}deep`,
  );
  expect(email.to).toHaveLength(TRUNCATION_LIMITS.addresses);
  expect(email.html).toBeNull();
  expect(email.text).toContain("deep");
  expect(email.warnings).toEqual(["html_too_deep", "addresses_cut"]);
});

test("a Message-ID past any sense is cut without colliding with its like", async () => {
  const long = "x".repeat(TRUNCATION_LIMITS.messageIdBytes);
  const [one, two] = await Promise.all(
    ["1", "2"].map(async (end) => (await parsed(`${HEAD}Message-ID: <${long}${end}@x.example>\r\n\r\nHi`)).messageId),
  );
  expect(one).not.toBe(two);
  expect(one?.length).toBeLessThan(300);
});

test("message/rfc822 is kept whole: attached mails of any depth are one part", async () => {
  let inner = "From: x@example.com\r\n\r\nin";
  for (let level = 0; level < 200; level++)
    inner = `From: x@example.com\r\nContent-Type: message/rfc822\r\n\r\n${inner}`;
  const email = await parsed(inner);
  expect(email.attachments).toHaveLength(1);
  expect(email.attachments[0]?.contentType).toBe("message/rfc822");
});
