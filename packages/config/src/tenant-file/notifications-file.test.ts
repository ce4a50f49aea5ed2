import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { readRules, readTenant } from "../index.ts";

const WHSEC = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
const OLDER = `whsec_${Buffer.alloc(32, 8).toString("base64")}`;
const env = {
  TOKEN: "token",
  WHSEC,
  OLDER,
  WHPK: `whpk_${Buffer.alloc(32, 9).toString("base64")}`,
  SHORT: "whsec_c2hvcnQ=",
  HOOK: "https://chat.example/T0/secret-path",
  PLAIN_HOOK: "http://chat.example/",
};

const FILE = `
name: Acme
sources: {}
mailboxes: {}
crm: { kind: hubspot, token: "env:TOKEN" }
`;
const NOTIFY = "rules: [{ id: r, when: { isReply: false }, then: { notify: chat } }]\n";

function read(yaml: string) {
  return readTenant("acme", FILE + yaml, { where: "acme.yaml", env, baseDir: "." });
}

const notice = (url: string, secret: string) => `${NOTIFY}notices: { chat: { url: "${url}", secret: ${secret} } }\n`;

test("WR7: a notice of a rule, with its secrets hidden", () => {
  const { tenant, faults } = read(notice("env:HOOK", '["env:WHSEC", "env:OLDER"]'));
  expect(faults).toEqual([]);
  expect(tenant?.rules[0]?.actions.notify).toBe("chat");
  const chat = tenant?.notifications.get("chat");
  expect(chat).toMatchObject({ name: "chat", url: "https://chat.example/T0/secret-path" });
  expect(chat?.secret.reveal()).toEqual([WHSEC, OLDER]);
  expect(inspect(tenant?.notifications, { depth: 9 })).not.toContain("whsec_");
});

test("a dry run knows the notice without its secret", () => {
  const { tenant, faults } = readRules(FILE + notice("env:NOT_SET", '"env:NOT_SET"'), "acme.yaml");
  expect(faults).toEqual([]);
  expect(tenant?.rules[0]?.actions.notify).toBe("chat");
});

test.each(["https://chat.example/hook?x=1", "http://localhost:9000/", "http://127.0.0.1:9000/", "http://[::1]/"])(
  "taken: %s",
  (url) => {
    expect(read(notice(url, '"env:WHSEC"')).tenant?.notifications.get("chat")?.url).toBe(url);
  },
);

describe("faults of notices", () => {
  test.each<[what: string, yaml: string, field: string, said: RegExp]>([
    [
      "a notice that is not there",
      `${NOTIFY}notices: { chatt: { url: "https://a.example", secret: "env:WHSEC" } }\n`,
      "rules.0.then.notify",
      /none of notices.*mean "chatt"/,
    ],
    ["no notices at all", NOTIFY, "rules.0.then.notify", /Describe it in notices/],
    ["http", notice("http://chat.example/", '"env:WHSEC"'), "notices.chat.url", /not an https URL/],
    ["http by reference", notice("env:PLAIN_HOOK", '"env:WHSEC"'), "notices.chat.url", /not an https URL/],
    [
      "a host that begins like this machine",
      notice("http://localhost.example/", '"env:WHSEC"'),
      "notices.chat.url",
      /https/,
    ],
    ["credentials", notice("https://ana:pw@chat.example/", '"env:WHSEC"'), "notices.chat.url", /without credentials/],
    ["no URL", notice("chat.example", '"env:WHSEC"'), "notices.chat.url", /neither a URL/],
    ["a literal secret", notice("https://chat.example/", WHSEC), "notices.chat.secret", /literal value/],
    ["a public key", notice("https://chat.example/", '"env:WHPK"'), "notices.chat.secret", /signs nothing/],
    [
      "a short secret",
      notice("https://chat.example/", '["env:SHORT"]'),
      "notices.chat.secret.0",
      /whsec_ and the base64/,
    ],
    ["a secret that is not set", notice("https://chat.example/", '"env:NOT_SET"'), "notices.chat.secret", /is not set/],
  ])("%s", (_what, yaml, field, said) => {
    const { tenant, faults } = read(yaml);
    expect(tenant).toBeNull();
    expect(faults.map((fault) => fault.field)).toEqual([field]);
    expect(`${faults[0]?.problem}. ${faults[0]?.remedy}`).toMatch(said);
    expect(JSON.stringify(faults)).not.toContain("whsec_A");
  });
});
