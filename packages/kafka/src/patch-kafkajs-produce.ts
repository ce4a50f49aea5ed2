import { createRequire } from "node:module";
import { encodeProduceRequest } from "./producer/produce-request.ts";
import type { ProduceRequest } from "./producer/produce-request.ts";

interface KafkajsProduceArguments extends ProduceRequest {
  readonly transactionalId?: string | null;
  readonly compression?: number;
}

/** kafkajs takes a request's body as an `Encoder`, of which it reads these two. */
interface Encoded {
  readonly buf: Buffer;
  readonly buffer: Buffer;
}

/** A decoded answer, of which the error code of each partition counts here. */
export interface ProduceAnswer {
  readonly topics: readonly { readonly partitions: readonly { readonly errorCode: number }[] }[];
}

export interface ProduceProtocol {
  protocol(of: { version: number }): (request: KafkajsProduceArguments) => {
    request: { encode(): Promise<Encoded> };
    response: { parse(answer: ProduceAnswer): Promise<ProduceAnswer> };
  };
}

const FIRST_VERSION_WITH_BATCHES = 3;
let replaced = false;

/**
 * Lets kafkajs encode produce requests by {@link encodeProduceRequest}, and read an answer partition by partition: kafkajs throws at the first
 * partition's error, so that what was written beside it is written again. kafkajs 2.2.4 is frozen and looks both up for each connection, so
 * replacing them once suffices. Requests with compression, a transaction or own timestamps are left to kafkajs.
 */
export function patchKafkajsProduce(): void {
  if (replaced) return;
  replaced = true;
  const produce = kafkajsProduce();
  const kafkajsProtocol = produce.protocol.bind(produce);
  produce.protocol = (of) => {
    const make = kafkajsProtocol(of);
    if (of.version < FIRST_VERSION_WITH_BATCHES) return make;
    return (request) => {
      const made = make(request);
      if (!isPlain(request)) return made;
      const encode = (): Promise<Encoded> => {
        const buf = encodeProduceRequest(request, Date.now());
        return Promise.resolve({ buf, buffer: buf });
      };
      return { ...made, request: { ...made.request, encode }, response: readPerPartition(made.response) };
    };
  };
}

export function kafkajsProduce(): ProduceProtocol {
  return createRequire(import.meta.url)("kafkajs/src/protocol/requests/produce") as ProduceProtocol;
}

type Response = ReturnType<ReturnType<ProduceProtocol["protocol"]>>["response"];

/** Throws, as kafkajs does, where nothing was written; else the sender looks at each partition's error code. */
function readPerPartition(response: Response): Response {
  const parse: Response["parse"] = async (answer) => {
    const partitions = answer.topics.flatMap((topic) => topic.partitions);
    return partitions.some(({ errorCode }) => errorCode === 0) ? answer : response.parse(answer);
  };
  return { ...response, parse };
}

function isPlain({ compression = 0, transactionalId = null, topicData }: KafkajsProduceArguments): boolean {
  return (
    compression === 0 &&
    transactionalId === null &&
    topicData.every(({ partitions }) =>
      partitions.every(({ messages }) => messages.every((each) => !("timestamp" in each))),
    )
  );
}
