import { DEFAULT_PORTS, freePorts } from "@inlet/local-stack";
import { UsageError } from "../context.ts";

/** Every port that `inlet up` uses, by the part that listens on it. */
export const UP_PORTS = {
  ...DEFAULT_PORTS,
  gateway: 8080,
  "gateway-ops": 8084,
  smtp: 2525,
  parser: 8082,
  "crm-sink": 8083,
  console: 8085,
  "console-ops": 8086,
  "crm-sandbox": 8090,
} as const;
export type UpPort = keyof typeof UP_PORTS;
export type UpPorts = Readonly<Record<UpPort, number>>;

/** From `--port gateway=9080 --port kafka=9192`, or `--port free` for any free ones. Throws {@link UsageError} on what it cannot read. */
export async function chosenPorts(choices: readonly string[]): Promise<UpPorts> {
  const names = Object.keys(UP_PORTS) as UpPort[];
  const ports: Record<UpPort, number> = { ...UP_PORTS };
  if (choices.includes("free")) {
    const free = await freePorts(names.length);
    names.forEach((name, index) => (ports[name] = free[index] ?? ports[name]));
  }
  for (const choice of choices.filter((each) => each !== "free")) {
    const [name = "", value = ""] = choice.split("=");
    const known = names.find((candidate) => candidate === name);
    const port = Number(value);
    if (known === undefined || !Number.isInteger(port) || port < 1 || port > 65_535) {
      throw new UsageError(
        `--port ${choice}: expected PART=NUMBER, where PART is one of ${names.join(", ")}, or "free"`,
      );
    }
    ports[known] = port;
  }
  return ports;
}
