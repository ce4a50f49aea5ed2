import type { Provider } from "@inlet/sources";
import type { Kind } from "./kind.ts";

/** A provider's kind: everything about it stands in packages/sources. */
export function providerKind(provider: Provider): Kind {
  return {
    mediaTypes: provider.mediaTypes,
    answers: provider.answers,
    ...(provider.mostBodyBytes === undefined ? {} : { mostBodyBytes: provider.mostBodyBytes }),
    checkHeaders: (headers, source, now) => provider.checkHeaders(headers, source, now),
    open: async (request, source, context) => {
      const opened = await provider.open(request, source, context);
      if (opened.kind !== "delivery") return opened;
      const { key, deliveryId, receivedAt } = opened.delivery;
      // The envelope is part of the post; the parser reads it there.
      return {
        kind: "delivery",
        delivery: { key, deliveryId, senderEventId: null, senderReceivedAt: receivedAt, envelope: null },
      };
    },
  };
}
