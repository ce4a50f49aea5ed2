import { generateKeyPairSync } from "node:crypto";
import { dkimSign } from "mailauth";
import { beforeAll, describe, expect, test } from "vitest";
import type { DnsLookup } from "./bounded-resolver.ts";
import { verifySender } from "./verify-sender.ts";
import type { SenderJob } from "./verify-sender.ts";

const LIMITS = { deadlineMs: 5000, lookups: 50 };
const { publicKey, privateKey } = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  publicKeyEncoding: { type: "spki", format: "der" },
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
});

/** What the name servers of the world say. */
const ZONES: Record<string, string[][]> = {
  "TXT client.example": [["v=spf1 ip4:192.0.2.0/24 ip6:2001:db8::/32 -all"]],
  "TXT soft.example": [["v=spf1 include:client.example ~all"]],
  "TXT mail.client.example": [["v=spf1 ip4:192.0.2.9 -all"]],
  "TXT broken.example": [["v=spf1 nonsense -all"]],
  "TXT s1._domainkey.client.example": [[`v=DKIM1; k=rsa; p=${publicKey.toString("base64")}`]],
  "TXT _dmarc.client.example": [["v=DMARC1; p=reject"]],
};

const lookup: DnsLookup = async (name, type) => {
  const found = ZONES[`${type} ${name.toLowerCase()}`];
  if (found === undefined) throw Object.assign(new Error("not found"), { code: "ENOTFOUND" });
  return found;
};

const MAIL = [
  "From: Ann <ann@client.example>",
  "To: sales@acme.example",
  "Subject: Hi",
  "Message-ID: <m1@client.example>",
  "",
  "Is it still for sale?",
  "",
].join("\r\n");
let signed: string;
beforeAll(async () => {
  const key = { signingDomain: "client.example", selector: "s1", privateKey };
  const { signatures } = await dkimSign(MAIL, {
    canonicalization: "relaxed/relaxed",
    ...key,
    signatureData: [key],
  });
  signed = signatures + MAIL;
});

const job = (change: Partial<Omit<SenderJob, "bytes">> & { mail?: string } = {}): SenderJob => {
  const { mail = MAIL, ...rest } = change;
  return {
    bytes: Buffer.from(mail),
    clientAddress: "192.0.2.7",
    helo: "mail.client.example",
    from: "ann@client.example",
    authorDomain: "client.example",
    ...rest,
  };
};

describe("UN6: the sender of an email that came by SMTP", () => {
  test("signed, from the right network: everything passes", async () => {
    expect(await verifySender(job({ mail: signed }), lookup, LIMITS)).toEqual({
      spf: "pass",
      dkim: "pass",
      dmarc: "pass",
    });
  });

  test("signed, and kept with bare line feeds on its way: the signature holds", async () => {
    const mail = signed.replaceAll("\r\n", "\n");
    expect((await verifySender(job({ mail }), lookup, LIMITS)).dkim).toBe("pass");
  });

  test("signed and forwarded by a stranger: the signature holds, and DMARC with it", async () => {
    expect(await verifySender(job({ mail: signed, clientAddress: "203.0.113.5" }), lookup, LIMITS)).toEqual({
      spf: "fail",
      dkim: "pass",
      dmarc: "pass",
    });
  });

  test("forged: nothing passes", async () => {
    expect(await verifySender(job({ clientAddress: "203.0.113.5" }), lookup, LIMITS)).toEqual({
      spf: "fail",
      dkim: "none",
      dmarc: "fail",
    });
  });

  test("an altered body, and an altered subject, fail the signature", async () => {
    const altered = [signed.replace("for sale", "for free"), signed.replace("Subject: Hi", "Subject: Ho")];
    for (const mail of altered) {
      expect(await verifySender(job({ mail, clientAddress: "203.0.113.5" }), lookup, LIMITS)).toMatchObject({
        dkim: "fail",
        dmarc: "fail",
      });
    }
  });

  test.each([
    ["IPv6", { clientAddress: "2001:db8::25" }, "pass"],
    ["an include and ~all", { from: "a@soft.example", clientAddress: "203.0.113.5" }, "softfail"],
    ["a broken record", { from: "a@broken.example" }, "permerror"],
    ["no record", { from: "a@norecord.example" }, "none"],
    ["the empty sender: the HELO name's record", { from: null, clientAddress: "192.0.2.9" }, "pass"],
  ])("SPF with %s", async (_what, change, spf) => {
    expect((await verifySender(job(change), lookup, LIMITS)).spf).toBe(spf);
  });

  test("a client that is not known has no SPF; DKIM and DMARC do without", async () => {
    expect(await verifySender(job({ mail: signed, clientAddress: null, helo: null }), lookup, LIMITS)).toEqual({
      spf: null,
      dkim: "pass",
      dmarc: "pass",
    });
  });
});

test("D2: DMARC's word on a domain that Inlet does not show as the author's is no word on the author", async () => {
  expect((await verifySender(job({ mail: signed }), lookup, LIMITS)).dmarc).toBe("pass");
  for (const authorDomain of ["bank.example", null]) {
    expect((await verifySender(job({ mail: signed, authorDomain }), lookup, LIMITS)).dmarc).toBe("none");
  }
});

describe("DNS that does not answer gives temperror, never a lost email", () => {
  test.each([
    ["away", async () => Promise.reject(Object.assign(new Error("refused"), { code: "ECONNREFUSED" }))],
    ["failing", async () => Promise.reject(Object.assign(new Error("servfail"), { code: "ESERVFAIL" }))],
    ["silent", async () => new Promise<never>(() => undefined)],
  ] as [string, DnsLookup][])("%s", async (_how, broken) => {
    expect(await verifySender(job({ mail: signed }), broken, { ...LIMITS, deadlineMs: 200 })).toEqual({
      spf: "temperror",
      dkim: "temperror",
      dmarc: "temperror",
    });
  });

  test("a mail with a thousand signatures asks no more than the most", async () => {
    let asked = 0;
    const counting: DnsLookup = async (name, type) => {
      asked += 1;
      return lookup(name, type);
    };
    const signature = signed.slice(0, signed.indexOf("From: Ann"));
    const many = Array.from({ length: 1000 }, (_, index) => signature.replace("s=s1", `s=s${index}`)).join("");
    await verifySender(job({ mail: many + MAIL }), counting, LIMITS);
    expect(asked).toBeLessThanOrEqual(LIMITS.lookups);
  });
});

test.each([
  ["nothing", ""],
  ["no header", "\r\n\r\nhello"],
  ["two authors", MAIL.replace("From: Ann <ann@client.example>", "From: a@client.example, b@soft.example")],
  ["broken signatures", `DKIM-Signature: v=1; a=;;;b\r\nDKIM-Signature: \u0000\r\n${MAIL}`],
  ["an author that is none", MAIL.replace("Ann <ann@client.example>", "@@@")],
])("an email of %s has a result", async (_what, mail) => {
  const auth = await verifySender(job({ mail }), lookup, LIMITS);
  for (const result of Object.values(auth)) expect(result).toMatch(/^[a-z]+$/);
});
