import { availableParallelism } from "node:os";
import { nameSearchKey } from "@inlet/domain";
import { runConsumerService } from "@inlet/service";
import { createAttachmentFetch } from "./fetch/fetch-attachment.ts";
import { createObjectFetch } from "./fetch/fetch-object.ts";
import { createParser } from "./parser.ts";
import { createScanner } from "./scan/scanner.ts";
import { createSenderPool } from "./sender/sender-pool.ts";
import { createParsePool } from "./workers/parse-pool.ts";
import { poolSize } from "./workers/pool-size.ts";

/** The longest that an email may take, ms of processor time (docs/concepts/architecture.md). */
const PARSE_TIMEOUT_MS = 10_000;
/** What DNS may take for SPF, DKIM and DMARC of one email, ms. */
const SENDER_DNS_MS = 5000;
/** SPF asks up to 10 questions, DMARC up to 8, DKIM one a signature. */
const SENDER_LOOKUPS = 50;
/** DNS and computing; a mail that takes longer would take forever. */
const SENDER_TIMEOUT_MS = 10_000;
/** What a batch waits for the verdict on one of its emails, its turn included, ms. */
const SENDER_WAIT_MS = 1000;

await runConsumerService({
  name: "parser",
  version: "0.1.0",
  defaults: { HTTP_PORT: "8082" },
  start: async ({ environment, ledger, codec, blobs, tenants, kafka, producer, instance, log, failpoint }) => {
    const { workers, memoryMb } = poolSize(availableParallelism(), process.constrainedMemory());
    const pool = createParsePool({ workers, memoryMb, timeoutMs: PARSE_TIMEOUT_MS });
    const senders = createSenderPool({
      memoryMb,
      timeoutMs: SENDER_TIMEOUT_MS,
      waitMs: SENDER_WAIT_MS,
      deadlineMs: SENDER_DNS_MS,
      lookups: SENDER_LOOKUPS,
    });
    const scanner = environment.clamdUrl === null ? null : createScanner(environment.clamdUrl);
    const { searchKey } = environment;
    const consumer = createParser(
      kafka,
      {
        ledger,
        codec,
        blobs,
        tenants,
        producer,
        pool,
        fetchAttachment: createAttachmentFetch(),
        verifySender: async (job, asking) => senders.verify(job, asking),
        fetchObject: createObjectFetch(),
        scanner,
        searchKey,
        instance,
        log,
        now: Date.now,
        random: Math.random,
        failpoint,
      },
      environment.lanes,
    );
    return {
      consumer,
      ...(scanner === null
        ? {}
        : {
            checks: {
              scanner: async () => ({ ok: true, warn: !(await scanner.ready()), detail: "ClamAV answers" }),
            },
          }),
      prepare: async () => {
        await Promise.all([pool.warm(), senders.warm()]);
        if (searchKey !== null) await ledger.search.noteKey(nameSearchKey(searchKey));
      },
      close: async () => {
        await Promise.all([pool.close(), senders.close()]);
      },
    };
  },
});
