import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { ScaledObject } from "@kubernetes-models/keda/keda.sh/v1alpha1/ScaledObject";
import { groupIn, topicIn } from "@inlet/schemas";
import { Ajv } from "ajv";
import { Deployment } from "kubernetes-models/apps/v1/Deployment";
import { Job } from "kubernetes-models/batch/v1/Job";
import { NetworkPolicy } from "kubernetes-models/networking.k8s.io/v1/NetworkPolicy";
import { PodDisruptionBudget } from "kubernetes-models/policy/v1/PodDisruptionBudget";
import { ConfigMap } from "kubernetes-models/v1/ConfigMap";
import { Pod } from "kubernetes-models/v1/Pod";
import { Service } from "kubernetes-models/v1/Service";
import { ServiceAccount } from "kubernetes-models/v1/ServiceAccount";
import { describe, expect, it, test } from "vitest";
import { ROOT } from "../architecture/repository.ts";
import {
  CHART,
  EXAMPLES,
  getExamplePath,
  getRenderedPath,
  hashChart,
  mergeValues,
  readRendered,
  readValues,
} from "./chart.ts";
import { render } from "./render.ts";

interface PodSpec {
  terminationGracePeriodSeconds?: number;
  automountServiceAccountToken?: boolean;
  topologySpreadConstraints?: { labelSelector: { matchLabels: Record<string, string> } }[];
  securityContext: object;
  containers: {
    name: string;
    image: string;
    command: string[];
    resources: { limits: Record<string, string>; requests: Record<string, string> };
    securityContext: object;
    readinessProbe?: object;
    livenessProbe?: object;
  }[];
}

/** The API's own schemas, as ajv has them. */
const KINDS: Readonly<Record<string, new (data: never) => { validate(): void }>> = {
  "v1 ConfigMap": ConfigMap,
  "v1 Pod": Pod,
  "v1 Service": Service,
  "v1 ServiceAccount": ServiceAccount,
  "apps/v1 Deployment": Deployment,
  "batch/v1 Job": Job,
  "networking.k8s.io/v1 NetworkPolicy": NetworkPolicy,
  "policy/v1 PodDisruptionBudget": PodDisruptionBudget,
  "keda.sh/v1alpha1 ScaledObject": ScaledObject,
};
/** No schema of it here. */
const UNCHECKED = ["monitoring.coreos.com/v1 ServiceMonitor"];

const defaults = readValues(`${CHART}/values.yaml`);
const validateValues = new Ajv({ allErrors: true, strict: false }).compile(
  JSON.parse(readFileSync(`${ROOT}${CHART}/values.schema.json`, "utf8")) as object,
);
const HELM = [process.env["HELM"] ?? "", "/usr/local/bin/helm", "/usr/bin/helm"].find(
  (path) => path !== "" && existsSync(path),
);

describe.each(EXAMPLES)("the chart with the values of %s", (example) => {
  const { hash, manifests } = readRendered(example);
  const workloads = manifests.flatMap(({ kind, metadata, spec }) =>
    kind === "Deployment" || kind === "Job"
      ? [{ kind, name: metadata.name, pod: (spec as { template: { spec: PodSpec } }).template.spec }]
      : kind === "Pod"
        ? [{ kind, name: metadata.name, pod: spec as unknown as PodSpec }]
        : [],
  );

  it("was rendered of what is here now (npm run helm)", () => {
    expect(hash).toBe(hashChart(example));
  });

  it("takes those values", () => {
    validateValues(mergeValues(defaults, readValues(getExamplePath(example))));
    expect(validateValues.errors).toBeNull();
  });

  it("makes what the API takes", () => {
    expect(manifests.length).toBeGreaterThan(5);
    for (const manifest of manifests) {
      const kind = `${manifest.apiVersion} ${manifest.kind}`;
      if (UNCHECKED.includes(kind)) continue;
      const Kind = KINDS[kind];
      expect(Kind, kind).toBeDefined();
      if (Kind !== undefined) new Kind(manifest as never).validate();
    }
  });

  it("confines every container, asks for what it needs, and limits memory alone", () => {
    for (const { name, pod } of workloads) {
      expect(pod.automountServiceAccountToken, name).toBe(false);
      expect(pod.securityContext, name).toMatchObject({
        runAsNonRoot: true,
        seccompProfile: { type: "RuntimeDefault" },
      });
      for (const { image, resources, securityContext } of pod.containers) {
        expect(securityContext, name).toEqual({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ["ALL"] },
        });
        expect(Object.keys(resources.limits), name).toEqual(["memory"]);
        expect(
          Object.keys(resources.requests).toSorted((a, b) => a.localeCompare(b)),
          name,
        ).toEqual(["cpu", "memory"]);
        expect(image).toMatch(/:\d/);
      }
    }
  });

  it("runs services that there are, spread, probed, with time to drain and a budget for disruptions", () => {
    const services = workloads.filter(({ kind }) => kind === "Deployment");
    expect(services.length).toBeGreaterThan(1);
    for (const { name, pod } of services) {
      const [container] = pod.containers;
      expect(existsSync(`${ROOT}${container?.command[1]}`), container?.command[1]).toBe(true);
      expect(container?.readinessProbe, name).toBeDefined();
      expect(container?.livenessProbe, name).toBeDefined();
      // Parser and sink take up to 25 s to end what is under way, and the last spans 5.
      expect(pod.terminationGracePeriodSeconds, name).toBeGreaterThanOrEqual(35);
      expect(
        pod.topologySpreadConstraints?.map(
          ({ labelSelector }) => labelSelector.matchLabels["app.kubernetes.io/component"],
        ),
        name,
      ).toEqual([container?.name, container?.name]);
      expect(
        manifests.some(({ kind, metadata }) => kind === "PodDisruptionBudget" && metadata.name === name),
        name,
      ).toBe(true);
    }
  });

  it("scales by the groups and topics that Inlet has, and never by what a fresh or a slow group would seem to be", () => {
    const lanes = (mergeValues(defaults, readValues(getExamplePath(example))) as { lanes: string[] }).lanes;
    for (const { metadata, spec } of manifests.filter(({ kind }) => kind === "ScaledObject")) {
      const service = metadata.name.replace("inlet-", "");
      const topic = service === "parser" ? "rawEvents" : "normalizedEvents";
      const triggers = (spec as { triggers: { metadata: Record<string, string> }[] }).triggers;
      expect(triggers.map((trigger) => trigger.metadata)).toEqual(
        lanes.map((lane) =>
          expect.objectContaining({
            consumerGroup: groupIn(service, lane),
            topic: topicIn(topic, lane),
            offsetResetPolicy: "earliest",
            allowIdleConsumers: "false",
            excludePersistentLag: "false",
          }),
        ),
      );
    }
  });
});

test.each<[what: string, over: Record<string, unknown>]>([
  ["the tag latest", { image: { repository: "inlet", tag: "latest" } }],
  ["a limit of CPU", { parser: { resources: { limits: { cpu: "1" } } } }],
  ["the database's password beside the Secret", { environment: { DATABASE_URL: "postgres://a:b@c/d" } }],
  ["no Secret", { existingSecret: "" }],
  ["no brokers", { environment: { KAFKA_BROKERS: "" } }],
  ["more instances than partitions", { sink: { replicas: 13 } }],
  ["less time than a drain takes", { terminationGracePeriodSeconds: 30 }],
  ["a word that it does not know", { gatway: {} }],
])("planted: %s is refused", (_, over) => {
  const example = mergeValues(defaults, readValues(getExamplePath("small")));
  expect(validateValues(mergeValues(example, over))).toBe(false);
});

test("planted: a manifest that the API would not take", () => {
  const wrong = { apiVersion: "v1", kind: "Service", metadata: { name: "x" }, spec: { ports: [{ port: "http" }] } };
  expect(() => new Service(wrong as never).validate()).toThrow(/port/);
});

describe.skipIf(HELM === undefined)("helm itself", () => {
  it.each(EXAMPLES)("finds the chart well, and renders %s as it stands here", (example) => {
    const { status, stdout } = spawnSync(
      HELM as string,
      ["lint", "--strict", CHART, "--values", getExamplePath(example)],
      {
        cwd: ROOT,
        encoding: "utf8",
      },
    );
    expect(status, stdout).toBe(0);
    expect(readFileSync(`${ROOT}${getRenderedPath(example)}`, "utf8")).toBe(render(HELM as string, example));
  });
});
