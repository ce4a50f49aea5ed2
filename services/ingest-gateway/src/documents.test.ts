import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseEnv, promisify } from "node:util";
import { loadTenants, processEnvironment } from "@inlet/config";
import { mimeContent } from "@inlet/domain";
import { deliveryKey, SOURCE_KINDS } from "@inlet/sources";
import { buildEventId } from "@inlet/schemas";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { PROBLEMS } from "./answers/problems.ts";
import { startTestGateway } from "../testing/test-gateway.ts";
import type { TestGateway } from "../testing/test-gateway.ts";

const repository = new URL("../../../", import.meta.url);
const read = (path: string): Promise<string> => readFile(new URL(path, repository), "utf8");

test("docs/reference/problems.md lists every code with its status, and no other", async () => {
  const page = await read("docs/reference/problems.md");
  const rows = [...page.matchAll(/^\| `(\w+)`\s*\| (\d{3})\s*\|/gm)].map(([, code, status]) => [code, Number(status)]);
  expect(rows).toEqual(Object.entries(PROBLEMS).map(([code, { status }]) => [code, status]));
});

test("every kind that a tenant file may name is served and stands in the guide", async () => {
  const guide = await read("docs/guides/send-email.md");
  for (const { name } of SOURCE_KINDS) expect(guide).toMatch(new RegExp(`^\\| \`${name}\``, "m"));
});

const EMAIL = "Message-ID: <guide@example.com>\r\nFrom: ada@example.com\r\n\r\nHello\r\n";

describe("the examples of the guides", () => {
  let gateway: TestGateway;
  let dir: string;
  let url: string;

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), "inlet-guide-"));
    await writeFile(join(dir, "email.eml"), EMAIL);
    const env = parseEnv(await read("config/demo.env"));
    const tenants = await loadTenants({ dir: fileURLToPath(new URL("config/tenants", repository)), env });
    gateway = await startTestGateway({ now: Date.now, tenants });
    await gateway.app.listen({ host: "127.0.0.1", port: 0 });
    url = `http://127.0.0.1:${(gateway.app.server.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    await gateway.app.close();
    await rm(dir, { recursive: true });
  });

  async function block(language: string, page = "send-email"): Promise<string> {
    const guide = await read(`docs/guides/${page}.md`);
    const found = new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, "ms").exec(guide)?.[1];
    if (found === undefined) throw new Error(`the guide has no ${language} example`);
    return found;
  }

  async function run(command: string, args: string[], file: string, content: string): Promise<unknown> {
    await writeFile(join(dir, file), content);
    const { stdout } = await promisify(execFile)(command, [...args, file], {
      cwd: dir,
      env: { PATH: processEnvironment()["PATH"], INLET_URL: url },
    });
    return JSON.parse(stdout);
  }

  test("curl and openssl", async () => {
    const answer = await run("sh", [], "send.sh", await block("sh"));
    expect(answer).toEqual({ eventId: buildEventId("demo", "signed-json", "order-4711-question"), duplicate: false });
  });

  test("registering a sent message", async () => {
    const answer = await run("sh", [], "register.sh", await block("sh", "outbound-messages"));
    expect(answer).toEqual({ messageId: "offer-4711@mail.inlet.example" });
  });

  test("Node", async () => {
    const answer = await run(process.execPath, [], "send.mjs", await block("js"));
    expect(answer).toEqual({
      eventId: buildEventId("demo", "raw-mime", deliveryKey(mimeContent(Buffer.from(EMAIL)), ["sales@inlet.example"])),
      duplicate: false,
    });
  });

  test("Python", async () => {
    const answer = await run("python3", [], "send.py", await block("python"));
    expect(answer).toEqual({ eventId: buildEventId("demo", "standard-webhooks", "msg_4711"), duplicate: false });
  });

  test.each(["postmark", "mailgun", "sendgrid", "cloudmailin"])("docs/guides/%s.md: the curl", async (provider) => {
    const page = await read(`docs/guides/${provider}.md`);
    const example = [...page.matchAll(/^```sh\n(.*?)^```/gms)]
      .map(([, text]) => text ?? "")
      .find((text) => text.includes("curl"));
    const answer = await run("sh", [], `${provider}.sh`, example ?? "exit 1");
    expect(answer).toMatchObject({ duplicate: false, eventId: expect.stringMatching(/^evt_[0-9a-f]{32}$/) as unknown });
  });
});
