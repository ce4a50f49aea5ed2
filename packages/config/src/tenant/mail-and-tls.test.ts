import { describe, expect, test } from "vitest";
import { ConfigError, readEnvironment, readTenant } from "../index.ts";
import type { RawEnvironment } from "../index.ts";

function findFaults(env: RawEnvironment): string[] {
  try {
    readEnvironment(env, []);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.faults.map(({ where, problem }) => `${where} ${problem}`);
  }
}

const CERTIFICATE = { TLS_CERT_FILE: "/tls/fullchain.pem", TLS_KEY_FILE: "/tls/privkey.pem" };

describe("the environment of mail and TLS", () => {
  test("nothing is listened on or trusted unless it is set", () => {
    const { smtp, tls, httpTls, trustedProxies } = readEnvironment({}, []);
    expect(smtp).toEqual({ host: "127.0.0.1", port: null, tlsPort: null, lmtpPort: null, name: null });
    expect({ tls, httpTls, trustedProxies }).toEqual({ tls: null, httpTls: false, trustedProxies: [] });
  });

  test("all of it", () => {
    const environment = readEnvironment(
      {
        ...CERTIFICATE,
        HTTP_TLS: "true",
        TRUSTED_PROXIES: "10.0.0.0/8, 2001:db8::1",
        SMTP_HOST: "0.0.0.0",
        SMTP_PORT: "25",
        SMTPS_PORT: "465",
        LMTP_PORT: "24",
        SMTP_NAME: "mx.inlet.example",
      },
      [],
    );
    expect(environment).toMatchObject({
      httpTls: true,
      tls: { certFile: "/tls/fullchain.pem", keyFile: "/tls/privkey.pem" },
      trustedProxies: ["10.0.0.0/8", "2001:db8::1"],
      smtp: { host: "0.0.0.0", port: 25, tlsPort: 465, lmtpPort: 24, name: "mx.inlet.example" },
    });
  });

  test.each([
    ["half a certificate", { TLS_CERT_FILE: "a.pem" }, ["TLS_KEY_FILE is not set, though TLS_CERT_FILE is"]],
    [
      "TLS without a certificate",
      { HTTP_TLS: "true", SMTPS_PORT: "465" },
      ["HTTP_TLS is true without a certificate", "SMTPS_PORT is set without a certificate"],
    ],
    [
      "what is no network",
      { TRUSTED_PROXIES: "10.0.0.0/8,proxy" },
      ['TRUSTED_PROXIES is not a list of IP addresses and networks (CIDR) ("10.0.0.0/8,proxy")'],
    ],
    ["what is no port", { SMTP_PORT: "0" }, ['SMTP_PORT is below 1 ("0")']],
    ["what is no name", { SMTP_NAME: "mx example" }, ['SMTP_NAME is not a host name ("mx example")']],
  ])("%s is a fault", (_what, env, faults) => {
    expect(findFaults(env)).toEqual(faults);
  });
});

describe("sources for mail, and who may send", () => {
  const read = (sources: string, more = "") =>
    readTenant(
      "acme",
      `name: Acme\nmailboxes: {}\ncrm: { kind: hubspot, token: "env:TOKEN" }\nsources:\n${sources}${more}`,
      { where: "acme.yaml", env: { TOKEN: "token", SECRET: "a-secret-of-16-bytes" }, baseDir: "." },
    );
  const said = (sources: string): string[] => read(sources).faults.map(({ field, problem }) => `${field} ${problem}`);

  test("a source's networks count instead of the tenant's", () => {
    const { tenant } = read(
      `  mail: { kind: smtp, trustedAuthserv: [mx.acme.example] }\n  web: { kind: signed-json, secrets: ["env:SECRET"], allowFrom: [203.0.113.9] }\n`,
      'allowFrom: ["192.0.2.0/24"]\n',
    );
    const lists = [...(tenant?.sources.values() ?? [])].map(({ name, allowFrom }) => [name, allowFrom?.list]);
    expect(lists).toEqual([
      ["mail", ["192.0.2.0/24"]],
      ["web", ["203.0.113.9"]],
    ]);
    expect(tenant?.sources.get("web")?.allowFrom?.has("203.0.113.9")).toBe(true);
    expect(tenant?.sources.get("mail")).toMatchObject({ trustedAuthserv: ["mx.acme.example"] });
  });

  test.each([
    [
      "secrets",
      '  mail: { kind: smtp, secrets: ["env:SECRET"] }\n',
      "sources.mail.secrets has no meaning for kind smtp",
    ],
    ["no secrets", "  web: { kind: signed-json }\n", "sources.web.secrets is missing"],
    [
      "two for mail",
      "  mail: { kind: smtp }\n  post: { kind: smtp }\n",
      "sources.post.kind is smtp, as mail is: an address could not tell which one is meant",
    ],
    [
      "what is no network",
      "  mail: { kind: smtp, allowFrom: [mail.acme.example] }\n",
      "sources.mail.allowFrom.0 is not an IP address or a network",
    ],
    [
      "nobody",
      "  mail: { kind: smtp, allowFrom: [] }\n",
      "sources.mail.allowFrom is empty, so that everybody would be refused",
    ],
  ])("%s is a fault", (_what, sources, fault) => {
    expect(said(sources)).toEqual([fault]);
  });
});
