import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { parseEnv, promisify } from "node:util";
import { loadTenants, readTenant } from "@inlet/config";
import { expect, test } from "vitest";
import { startTestMail } from "../../testing/test-mail.ts";

const repository = new URL("../../../../", import.meta.url);
const read = async (path: string): Promise<string> => readFile(new URL(path, repository), "utf8");

test("the curl example of docs/guides/smtp.md delivers to the demo tenant", async () => {
  const command = /^ {4}(curl smtp:.*)$/m.exec(await read("docs/guides/smtp.md"))?.[1] ?? "no example";
  const env = parseEnv(await read("config/demo.env"));
  const tenants = await loadTenants({ dir: fileURLToPath(new URL("config/tenants", repository)), env });
  const mail = await startTestMail({ tenants: tenants.all() });
  try {
    const [program = "", ...args] = command.replace("2525", String(mail.port("smtp"))).split(" ");
    await promisify(execFile)(program, args, { cwd: repository });
    expect((await mail.events()).map(({ tenantId, envelope }) => [tenantId, envelope])).toEqual([
      ["demo", { from: "ada@example.com", to: ["sales@inlet.example"] }],
    ]);
  } finally {
    await mail.servers.close();
    await tenants.close();
  }
});

test.each(["docs/guides/smtp.md", "docs/guides/tls-and-security.md"])(
  "the examples of %s are tenant files",
  async (page) => {
    const blocks = [...(await read(page)).matchAll(/^```yaml\n(.*?)^```/gms)].map(([, yaml = ""]) => yaml);
    expect(blocks.length).toBeGreaterThan(0);
    for (const yaml of blocks) {
      const rest = [
        "name: Example",
        'crm: { kind: hubspot, token: "env:TOKEN" }',
        yaml.includes("mailboxes:") ? "" : "mailboxes: {}",
      ];
      const env = { TOKEN: "token", DEMO_SIGNED_JSON_SECRET: "a-secret-of-the-guide" };
      expect(readTenant("example", [...rest, yaml].join("\n"), { where: page, env, baseDir: "." }).faults).toEqual([]);
    }
  },
);
