import { createHubSpot, fixedToken } from "@inlet/crm";
import type { CallReport, Crm, HubSpotOptions, RecordName } from "@inlet/crm";
import { type ConformanceSubject, type InjectedFault, LACKS } from "@inlet/crm/conformance";
import { createSandbox } from "@inlet/crm-sandbox";
import { createPeople, removeRecord } from "./sandbox-people.ts";
import type { FaultRule, Sandbox, SandboxOptions } from "@inlet/crm-sandbox";

const WRITE_PATH: Readonly<Record<RecordName, string>> = {
  // Upsert and create, not read.
  contact: "/crm/*contacts/batch/*t*",
  company: "/crm/*companies",
  deal: "/crm/*deals/batch/upsert",
  activity: "/crm/*emails*",
  file: "/files/v3/files",
  task: "/crm/*objects*/tasks",
};

const RULES: Readonly<Record<InjectedFault, FaultRule>> = {
  "drop-before-write": { drop: "before" },
  "drop-after-write": { drop: "after" },
  "error-before-write": { status: 503 },
  "error-after-write": { status: 502, carryOut: true },
  "late-write": { lateWriteMs: 300 },
  "rate-limited": { status: 429, retryAfter: 7 },
  "partial-failure": { status: 207, category: "VALIDATION_ERROR" },
};

export interface HubSpotSubject extends ConformanceSubject {
  readonly sandbox: Sandbox;
  readonly origin: string;
  readonly calls: CallReport[];
  readonly logged: object[];
  readonly adapter: (options?: Partial<HubSpotOptions>) => Crm;
  readonly close: () => Promise<void>;
}

/** A sandbox of its own on a free port, and the HubSpot adapter towards it. */
export async function hubSpotSubject(apiVersion = "v3", sandboxOptions: SandboxOptions = {}): Promise<HubSpotSubject> {
  const sandbox = createSandbox({ seed: false, ...sandboxOptions });
  const origin = await sandbox.app.listen({ host: "127.0.0.1", port: 0 });
  const calls: CallReport[] = [];
  const logged: object[] = [];
  const opened: Crm[] = [];
  const log = (fields: object, message: string): void => void logged.push({ ...fields, message });

  const adapter = (options: Partial<HubSpotOptions> = {}): Crm => {
    const crm = createHubSpot({
      baseUrl: origin,
      tokens: fixedToken(() => "token-of-demo"),
      apiVersion,
      timeoutMs: 5_000,
      pipeline: null,
      stage: null,
      tenant: "demo",
      log: { warn: log, debug: log },
      onCall: (report) => calls.push(report),
      ...options,
    });
    opened.push(crm);
    return crm;
  };
  const crm = adapter();
  const prepared = await crm.setup.atStart(null, { deadline: performance.now() + 10_000 });
  if (!prepared.ok) throw new Error(`prepare: ${prepared.fault.code}`);

  return {
    crm,
    // Port 9 is refused by the machine itself: no one listens there.
    unreachable: adapter({ baseUrl: "http://127.0.0.1:9" }),
    sandbox,
    origin,
    calls,
    logged,
    adapter,
    batched: ["contact", "deal"],
    inject: async (effect, fault) => {
      sandbox.faults.add({ match: { method: "POST", path: WRITE_PATH[effect] }, times: 1, ...RULES[fault] });
    },
    landed: () => sandbox.faults.landed(),
    count: async (effect, key) => count(sandbox, effect, key),
    remove: async (effect, recordId) => removeRecord(sandbox, effect, recordId),
    people: createPeople(sandbox, adapter, WRITE_PATH),
    lacks: LACKS.HubSpot,
    addCompany: async (domain) => {
      // Long enough ago to be in the search index.
      return sandbox.store.create("companies", { name: domain, domain }, Date.now() - 60_000).id;
    },
    addContact: async (phone) => {
      return sandbox.store.create("contacts", { firstname: "Mara", phone: spaced(phone) }, Date.now() - 60_000).id;
    },
    getCompany: async (contactId) => {
      const contact = sandbox.store.find("contacts", contactId);
      if (contact === undefined) throw new Error(`no contact ${contactId}`);
      return sandbox.store.associated(contact, "companies")[0]?.toId ?? null;
    },
    getDeal: async (recordId) => {
      const { dealstage = "", inlet_tags: tags = "" } = sandbox.store.find("deals", recordId)?.properties ?? {};
      return { stage: dealstage, tags: tags.split(";") };
    },
    addSentMessage: async (messageId, dealId) => {
      const sentAt = Date.now() - 60_000;
      const properties = {
        hs_timestamp: String(sentAt),
        hs_email_direction: "EMAIL",
        hs_email_subject: messageId,
        hs_email_message_id: `<${messageId}>`,
      };
      sandbox.store.associate(sandbox.store.create("emails", properties, sentAt), "deals", dealId);
    },
    laterStage: "contractsent",
    laterPlace: { pipeline: "Sales pipeline", stage: "contract sent" },
    close: async () => {
      await Promise.all(opened.map((each) => each.close()));
      await sandbox.app.close();
    },
  };
}

function spaced(phone: string): string {
  return phone.replace(/^(\+\d\d)(\d\d)(\d{4})/, "$1 ($2) $3 ");
}

function count({ store }: Sandbox, effect: RecordName, key: string): number {
  const having = (type: "contacts" | "companies" | "deals" | "emails" | "tasks", property: string): number =>
    store.all(type).filter(({ properties }) => properties[property] === key).length;
  switch (effect) {
    case "contact":
      return having("contacts", "email");
    case "company":
      return having("companies", "domain");
    case "deal":
      return having("deals", "inlet_conversation");
    case "activity":
      return having("emails", "inlet_email_key");
    case "task":
      return having("tasks", "inlet_task_key");
    case "file": {
      const [emailKey = "", sha256 = ""] = key.split("/");
      return store
        .files()
        .filter(({ folder, name }) => folder.endsWith(emailKey) && name.startsWith(sha256.slice(0, 16))).length;
    }
  }
}
