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

interface ProduceProtocol {
  protocol(of: { version: number }): (request: KafkajsProduceArguments) => {
    request: { encode(): Promise<Encoded> };
  };
}

const FIRST_VERSION_WITH_BATCHES = 3;
let replaced = false;

/**
 * Lets kafkajs encode produce requests by {@link encodeProduceRequest}. kafkajs 2.2.4 is frozen and looks the encoder up for each connection, so
 * replacing it once suffices. Requests with compression, a transaction or own timestamps are left to kafkajs.
 */
export function encodeProduceRequestsFast(): void {
  if (replaced) return;
  replaced = true;
  const produce = createRequire(import.meta.url)("kafkajs/src/protocol/requests/produce") as ProduceProtocol;
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
      return { ...made, request: { ...made.request, encode } };
    };
  };
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
