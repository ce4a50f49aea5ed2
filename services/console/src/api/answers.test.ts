import { ROLES } from "@inlet/domain";
import { afterAll, beforeAll, expect, it } from "vitest";
import { HOSTILE_EVENT, openSeededConsole, type SeededConsole } from "../../testing/seeded-console.ts";
import { toApiAddress } from "../routes.ts";
import { SCREENS } from "../screens/index.ts";
import { ANSWERS } from "./answers.ts";

let seeded: SeededConsole;
let authorization: string;

beforeAll(async () => {
  seeded = await openSeededConsole();
  const token = await seeded.createToken(...Object.keys(ROLES).map((role) => ({ role, tenant: "*" })));
  authorization = `Bearer ${token}`;
  await seeded.database.query(
    `insert into jobs (id, kind, service, lane, name, actor) values ('job_1', 'replay', 'crm-sink', 'shared', 'after the mapping', 'ada');
     insert into deliveries (tenant, event_id, lane, state, source, source_kind, received_at, evidence, warnings, effects)
       values ('acme', 'evt_waits', 'shared', 'waiting', 'web', 'signed-json', 1000, '{}', '[]', '[]');
     insert into waiting (tenant, event_id, lane, stage, kind, code, due_at, topic, partition, "offset", record_timestamp, headers, order_parsed_at, pass, attempt, value)
       values ('acme', 'evt_waits', 'shared', 'deliver', 'retry', 'quota', now() + interval '1 hour', 'normalized-events', 0, 0, 1000, '[]', 1000, 1, 0, 'x');
     insert into job_emails (job, tenant, event_id, result, changes) values ('job_1', 'acme', '${HOSTILE_EVENT}', 'unchanged', '[]');`,
  );
});
afterAll(async () => seeded.close());

const described = SCREENS.filter(({ name }) => name in ANSWERS);
const addresses = described.flatMap((screen) => {
  const address = toApiAddress(screen).replace(":tenant", "acme").replace(":id", "job_1");
  const more = screen.name === "search" ? [`${address}?q=c-77`, `${address}?q=${HOSTILE_EVENT}`] : [];
  const events = address.includes(":eventId") ? [HOSTILE_EVENT, "evt_waits"] : [""];
  return [...events.map((event) => address.replace(":eventId", event)), ...more].map(
    (each) => [screen.name, each] as const,
  );
});

it.each(addresses)(
  "%s: what %s answers is what the API's description says, no field more or less",
  async (name, url) => {
    const { statusCode, body } = await seeded.app.inject({ url, headers: { authorization } });
    expect(statusCode).toBe(200);
    const answer: unknown = JSON.parse(body);
    expect(ANSWERS[name]?.parse(answer)).toEqual(answer);
  },
);

it("describes screens that there are", () => {
  expect(Object.keys(ANSWERS).toSorted()).toEqual(described.map(({ name }) => name).toSorted());
});
