import { afterEach, beforeEach, expect, test } from "vitest";
import { createChance } from "../../testing/hostile/random.ts";
import { mailClient } from "../../testing/mail-client.ts";
import { startTestMail } from "../../testing/test-mail.ts";
import type { TestMail } from "../../testing/test-mail.ts";

let mail: TestMail;
beforeEach(async () => {
  mail = await startTestMail({ limits: { connectionsOfAddress: 500 } });
});
afterEach(() => mail.servers.close());

const WORDS = [
  "EHLO client.example",
  "HELO \u0000",
  "LHLO x",
  "MAIL FROM:<>",
  "MAIL FROM:<a@client.example> SIZE=-1",
  "MAIL FROM:<a@client.example> BODY=8BITMIME SMTPUTF8",
  "MAIL FROM:<@@@>",
  "RCPT TO:<sales@acme.example>",
  "RCPT TO:<sales@acme.example> NOTIFY=NEVER,SUCCESS ORCPT=",
  `RCPT TO:<${"+".repeat(400)}@acme.example>`,
  'RCPT TO:<"a@b"@acme.example>',
  "DATA",
  ".",
  "..",
  "RSET",
  "STARTTLS",
  "AUTH PLAIN AGEAYg==",
  "XCLIENT ADDR=[IPV6:::1]",
  "BDAT 100 LAST",
  "VRFY postmaster",
  "\uFEFF",
  "Message-ID: <\u0000>",
];

test.each(Array.from({ length: 20 }, (_, index) => index + 1))(
  "garbage dialogue %i: it ends, and the next client is served",
  async (seed) => {
    const chance = createChance(seed);
    const next = (): number => chance.next();
    const client = await mailClient(mail.port(seed % 3 === 0 ? "lmtp" : "smtp"));
    client.socket.resume();
    for (let line = 0; line < 60 && client.socket.writable; line += 1) {
      const kind = next();
      const word = WORDS[Math.floor(next() * WORDS.length)] ?? "";
      const bytes =
        kind < 0.7
          ? Buffer.from(`${word}\r\n`)
          : kind < 0.85
            ? Buffer.from(word.slice(0, Math.floor(next() * word.length)) + "\n")
            : Buffer.from(Array.from({ length: Math.floor(next() * 200) }, () => Math.floor(next() * 256)));
      client.socket.write(bytes);
    }
    client.socket.end();
    await client.ended();
    const other = await mailClient(mail.port("smtp"));
    expect(
      await other.send({ to: ["sales@acme.example"], body: `Message-ID: <${seed}@client.example>\r\n\r\nHi` }),
    ).toEqual([expect.stringMatching(/^250 /)]);
    other.socket.destroy();
    expect(mail.logs.join("")).not.toContain("unexpected");
  },
);
