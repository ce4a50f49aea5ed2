import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { readRepository, report, ROOT } from "./repository.ts";
import type { RepositoryFile } from "./repository.ts";

interface Service {
  image?: string;
  build?: unknown;
  command?: string[];
  environment?: Record<string, string>;
  volumes?: string[];
  container_name?: string;
  ports?: string[];
  read_only?: boolean;
  cap_drop?: string[];
  security_opt?: string[];
  restart?: string;
  healthcheck?: unknown;
  profiles?: string[];
  deploy?: { resources?: { limits?: { memory?: string; pids?: number } } };
}
interface ComposeFile {
  services: Record<string, Service>;
}

/** They come and go in numbers: a fixed port or name would forbid the second one. */
const SCALED = ["parser", "crm-sink"];

test("every container is confined, limited and published on the loopback interface", () => {
  const { services } = composeFile();
  const found = Object.entries(services).flatMap(([name, service]) => findFaults(name, service));
  report("compose file", { services: Object.keys(services).length });
  expect(found).toEqual([]);
});

test("the example of a lane extends services that there are, for its lane alone, and gives them nothing that forbids scaling", () => {
  const { services } = composeFile();
  const lane = parse(readFileSync(`${ROOT}docker-compose.lane-acme.yml`, "utf8")) as {
    services: Record<
      string,
      Service & { extends?: { file: string; service: string }; environment?: { LANES?: string } }
    >;
  };
  const own = Object.entries(lane.services).filter(([, service]) => service.extends !== undefined);
  expect(own.map(([name, { extends: from, environment }]) => [name, from, environment])).toEqual(
    SCALED.map((service) => [`${service}-acme`, { file: "docker-compose.yml", service }, { LANES: "acme" }]),
  );
  const others = Object.entries(lane.services).filter(([, service]) => service.extends === undefined);
  expect(others.map(([name, { environment }]) => [name in services, environment?.LANES])).toEqual([
    [true, "shared,acme"],
    [true, "shared,acme"],
  ]);
});

test("one service builds the image: each build is another image, and the next `up` would make every container of it anew", () => {
  const builders = Object.entries(composeFile().services).filter(([, { build }]) => build !== undefined);
  expect(builders.map(([name]) => name)).toEqual(["setup"]);
});

test("the image has the native bindings that services need, which are optional dependencies of their packages", () => {
  const install = /^RUN .*npm ci(?:.*\\\n)*.*$/m.exec(readFileSync(`${ROOT}/Dockerfile`, "utf8"))?.[0] ?? "";
  expect(install).toContain("--omit=dev");
  expect(install).not.toContain("--omit=optional");
});

test("planted: a service that is not confined, one that cannot be scaled", () => {
  expect(findFaults("parser", { image: "inlet:local", ports: ["8082:8082"], command: ["node"] })).toEqual([
    "parser keeps capabilities: cap_drop: [ALL]",
    "parser may gain privileges: security_opt: [no-new-privileges:true]",
    "parser has no memory limit",
    "parser has no process limit",
    "parser does not restart: restart: unless-stopped",
    "parser has no healthcheck",
    "parser writes to its root file system: read_only: true",
    "parser publishes 8082:8082 on every interface: lead with ${BIND_ADDRESS:-127.0.0.1}",
    "parser has a fixed port or name and cannot be scaled",
  ]);
});

test("what runs in a container imports nothing that the image leaves out: a service would not start", () => {
  const files = readRepository().filter(({ path }) => isShipped(path));
  report("the image's sources", { files: files.length });
  expect(files.flatMap(findImportsLeftOut)).toEqual([]);
});

test("planted: a source that imports a testing kit, by its path and by its package", () => {
  const planted = (text: string) => findImportsLeftOut({ path: "packages/kafka/src/index.ts", text });
  expect(planted('export { records } from "./testing/records.ts";')).toHaveLength(1);
  expect(planted('import { open } from "@inlet/ledger/testing";')).toHaveLength(1);
  expect(planted('const kit = await import("../conformance/kit.ts");')).toHaveLength(1);
  expect(planted('export { testing } from "./testing-words.ts";')).toEqual([]);
});

test("the override of own secrets leaves the demo's public ones out: merged, an empty list alone would keep them", () => {
  const text = readFileSync(`${ROOT}docker/compose.override.example.yaml`, "utf8");
  // As text: what a tag says is Compose's own, and a reader of YAML drops it. A !reset is lost on the way through an anchor.
  expect(text).toMatch(/^ {2}env_file: !override \[\]$/m);
  expect(text).not.toMatch(/env_file: (?!!override \[\])/);
  const { services } = composeFile();
  const fromDemo = Object.keys(services).filter((name) => JSON.stringify(services[name]).includes("demo.env"));
  expect(fromDemo.toSorted()).toEqual([
    "console",
    "crm-sandbox",
    "crm-sink",
    "ingest-gateway",
    "inlet",
    "parser",
    "setup",
  ]);
  for (const name of fromDemo.filter((each) => each !== "crm-sandbox")) expect(text).toContain(`\n  ${name}: *own\n`);
});

test("compose runs the versions that the local stack runs", () => {
  const { services } = composeFile();
  const localStack = readFileSync(`${ROOT}packages/local-stack/prerequisites.mjs`, "utf8");
  const pinned = (constant: string): string | undefined => new RegExp(`${constant} = "([^"]+)"`).exec(localStack)?.[1];
  expect(pinned("KAFKA_VERSION")).toBeDefined();
  expect(services["kafka"]?.image).toBe(`apache/kafka:${pinned("KAFKA_VERSION")}`);
  expect(services["registry"]?.image).toBe(`apicurio/apicurio-registry:${pinned("REGISTRY_VERSION")}`);
});

test("the profile observability scrapes each service at its operators' port, by the names that the alerts ask for, and mounts what there is", () => {
  const { services } = composeFile();
  const read = (path: string): string => readFileSync(`${ROOT}${path}`, "utf8");
  const { scrape_configs: jobs } = parse(read("deploy/observability/prometheus.yml")) as {
    scrape_configs: { job_name: string; dns_sd_configs?: { names: string[]; port: number }[] }[];
  };
  const asked = jobs.flatMap(({ job_name: job, dns_sd_configs: found = [] }) =>
    found.map(({ names, port }) => [job, names[0], String(port)]),
  );
  const answers = ["ingest-gateway", "parser", "crm-sink", "console"].map((name) => {
    const { OPS_PORT, HTTP_PORT } = services[name]?.environment ?? {};
    return [name, name, OPS_PORT ?? HTTP_PORT];
  });
  expect(asked).toEqual(answers);
  const profile = Object.entries(services).filter(([, { profiles }]) => profiles?.includes("observability"));
  expect(profile.map(([name]) => name)).toEqual(["prometheus", "alertmanager", "grafana"]);
  for (const [name, { image = "" }] of profile) expect(image, name).toMatch(/:v?\d+\.\d+\.\d+$/);
  const mounted = [...profile.map(([, service]) => service), services["jaeger"]].flatMap((service) =>
    (service?.volumes ?? []).filter((volume) => volume.startsWith("./")).map((volume) => volume.split(":")[0] ?? ""),
  );
  expect(mounted.length).toBeGreaterThan(5);
  for (const path of mounted) expect(existsSync(`${ROOT}${path}`), path).toBe(true);
  expect(services["prometheus"]?.command).toContain("--enable-feature=exemplar-storage");
});

function composeFile(): ComposeFile {
  return parse(readFileSync(`${ROOT}docker-compose.yml`, "utf8"), { merge: true }) as ComposeFile;
}

function findFaults(name: string, service: Service): string[] {
  const limits = service.deploy?.resources?.limits;
  const oneShot = service.restart === "no";
  const checks: [boolean, string][] = [
    [service.cap_drop?.includes("ALL") === true, "keeps capabilities: cap_drop: [ALL]"],
    [
      service.security_opt?.includes("no-new-privileges:true") === true,
      "may gain privileges: security_opt: [no-new-privileges:true]",
    ],
    [limits?.memory !== undefined, "has no memory limit"],
    [limits?.pids !== undefined, "has no process limit"],
    [oneShot || service.restart === "unless-stopped", "does not restart: restart: unless-stopped"],
    [oneShot || service.healthcheck !== undefined, "has no healthcheck"],
    [
      !(service.image ?? "").startsWith("inlet:") || service.read_only === true,
      "writes to its root file system: read_only: true",
    ],
    ...(service.ports ?? []).map((port): [boolean, string] => [
      port.startsWith("${BIND_ADDRESS:-127.0.0.1}:"),
      `publishes ${port} on every interface: lead with \${BIND_ADDRESS:-127.0.0.1}`,
    ]),
    [
      !SCALED.includes(name) || (service.ports === undefined && service.container_name === undefined),
      "has a fixed port or name and cannot be scaled",
    ],
  ];
  return checks.filter(([good]) => !good).map(([, fault]) => `${name} ${fault}`);
}

/** By .dockerignore; scripts are in the image, and nothing there runs them. */
function isShipped(path: string): boolean {
  return (
    /^(packages|services|schemas)\/.*\/src\/.*\.ts$|^schemas\/src\/.*\.ts$/.test(path) &&
    !/\.test\.ts$|\/(testing|conformance)\//.test(path)
  );
}

function findImportsLeftOut({ path, text }: RepositoryFile): string[] {
  return [...text.matchAll(/(?:from|import\()\s*"([^"]+)"/g)]
    .map(([, specifier = ""]) => specifier)
    .filter((specifier) => /(^|\/)(testing|conformance)(\/|$)|\.test\.ts$/.test(specifier))
    .map((specifier) => `${path} imports ${specifier}, which .dockerignore keeps out of the image`);
}
