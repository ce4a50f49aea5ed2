import { readFileSync } from "node:fs";
import { VARIABLES } from "@inlet/config";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { readRepository, report, ROOT } from "../architecture/repository.ts";

const compose = readFileSync(`${ROOT}docker-compose.yml`, "utf8");
const demo = readFileSync(`${ROOT}config/demo.env`, "utf8");
const odoo = readFileSync(`${ROOT}test/conformance/crm/odoo-server.ts`, "utf8");
const sandbox = readFileSync(`${ROOT}packages/config/src/directory/sandbox.ts`, "utf8");

/** Read by the AWS SDK itself. */
const OF_THE_SDK = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION"];

/** Read by undici and Node themselves. */
const OF_PROXIES = ["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "NODE_USE_ENV_PROXY"];

/** Variables that Inlet, its sandbox and its tests on Odoo read, that compose substitutes, and that the demo tenant's file names. */
const KNOWN = new Set([
  ...OF_THE_SDK,
  ...OF_PROXIES,
  ...Object.keys(VARIABLES).flatMap((name) => [name, `${name}_FILE`]),
  ...[...sandbox.matchAll(/"(SANDBOX_[A-Z0-9_]+)"/g)].map((match) => match[1] as string),
  ...[...odoo.matchAll(/"(ODOO_[A-Z0-9_]+)"/g)].map((match) => match[1] as string),
  ...[...compose.matchAll(/\$\{([A-Z_]+)/g)].map((match) => match[1] as string),
  ...[...demo.matchAll(/^([A-Z_]+)=/gm)].map((match) => match[1] as string),
]);

/** Words in capitals that are no variables: placeholders, shell variables of an example, constants of the code. */
const NOT_VARIABLES = new Set([
  "NAME_FILE",
  "EVENT_ID",
  "SOURCE_KINDS",
  "MESSAGE_ID",
  "INLET_SECRET",
  "SERVED_KINDS",
  "ODOO_CODES",
  "PROPERTY_MISSING",
  "MISSING_SCOPES",
  "CERT_HAS_EXPIRED",
  "COMPOSE_FILE",
]);

test("every environment variable named in the documents exists", () => {
  const pages = readRepository().filter((file) =>
    /^(README|CONTRIBUTING|SECURITY)\.md$|^docs\/.*\.md$/.test(file.path),
  );
  const named = pages.flatMap(({ path, text }) => variablesIn(text).map((name) => ({ path, name })));
  report("documented variables", { pages: pages.length, variables: named.length, known: KNOWN.size });
  expect(named.filter(({ name }) => !KNOWN.has(name) && !NOT_VARIABLES.has(name))).toEqual([]);
});

test("docker-compose.yml gives Inlet's containers only variables that they read", () => {
  const { services } = parse(compose, { merge: true }) as {
    services: Record<string, { image: string; environment?: Record<string, string> }>;
  };
  const ours = Object.values(services).filter(({ image }) => image.startsWith("inlet:"));
  const given = ours.flatMap(({ environment = {} }) => Object.keys(environment));
  report("compose variables", { services: ours.length, variables: given.length });
  expect(given.filter((name) => !KNOWN.has(name))).toEqual([]);
});

test("planted: a variable that does not exist is seen, also in a code block", () => {
  expect(variablesIn("Set `KAFKA_BROKER` or\n\n    EXTRA_FLAG=1 npm start\n\nNOT_IN_CODE `npm run docs`")).toEqual([
    "KAFKA_BROKER",
    "EXTRA_FLAG",
  ]);
});

/** Words in capitals with an underscore, in code spans, indented code and fences; `env:NAME` of a tenant's file is the tenant's own. */
function variablesIn(text: string): string[] {
  const code = [...text.matchAll(/^```[\s\S]*?^```|^ {4}.*$|`[^`\n]+`/gm)].map((match) => match[0]);
  return code.flatMap((span) =>
    [...span.matchAll(/(?<!env:)\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b/g)].map((match) => match[0]),
  );
}
