import { collectTelemetry, type CollectedTelemetry } from "@inlet/telemetry/testing";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startTestGateway } from "../testing/test-gateway.ts";

let telemetry: CollectedTelemetry;
beforeAll(() => {
  telemetry = collectTelemetry();
});
afterAll(() => telemetry.stop());

type Gateway = Awaited<ReturnType<typeof startTestGateway>>;

/** One line a way in which what was posted is refused or cannot be taken: its answer's status. */
const WAYS: Readonly<
  Record<string, { readonly status: number; readonly post: (at: Gateway, word: string) => unknown }>
> = {
  "a wrong signature": {
    status: 401,
    post: async (at, word) => at.postJson({ subject: word }, { headers: { "x-webhook-signature": word } }),
  },
  "a source that is not there": {
    status: 404,
    post: async (at, word) => at.postJson({ subject: word }, { url: "/v1/inbound/acme/none" }),
  },
  "another type of content": {
    status: 415,
    post: async (at, word) => at.postJson(word, { headers: { "content-type": "image/png" } }),
  },
  "a fault of our own code, in the words of the email": {
    status: 500,
    post: async (at, word) => {
      at.producer.gate = async () => Promise.reject(new Error(`cannot send ${word}`));
      return at.postJson({ subject: word });
    },
  },
};

it.each(Object.entries(WAYS))("%s: no word of the email is told", async (name, { status, post }) => {
  const word = `zwolf${Object.keys(WAYS).indexOf(name)}q`;
  const gateway = await startTestGateway({ telemetry });
  try {
    expect(await post(gateway, word)).toMatchObject({ statusCode: status });
  } finally {
    await gateway.app.close();
  }
  for (const [place, text] of Object.entries(await telemetry.read())) expect(text, place).not.toContain(word);
});
