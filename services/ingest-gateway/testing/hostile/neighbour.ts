import { mailClient } from "../mail-client.ts";
import { signedHeaders } from "../sign.ts";
import { SECRET } from "../test-gateway.ts";
import type { LimitedGateway } from "./limited-gateway.ts";

/** A tenant that sends well-behaved mail all the while, by HTTP and SMTP in turn. */
export interface Neighbour {
  /** Sends no more; tells what became of everything it sent. */
  end(): Promise<{
    readonly accepted: readonly string[];
    readonly refused: readonly string[];
    readonly slowestMs: number;
  }>;
}

/** @param run tells its emails from those of another run */
export function startNeighbour({ ports }: Pick<LimitedGateway, "ports">, run: number): Neighbour {
  const accepted: string[] = [];
  const refused: string[] = [];
  let [slowestMs, going, number] = [0, true, 0];
  const sending = (async () => {
    while (going) {
      number += 1;
      const startedAt = performance.now();
      const answer = await (
        number % 2 === 0 ? byHttp(ports.http, `${run}-${number}`) : bySmtp(ports.smtp, `${run}-${number}`)
      ).catch(String);
      slowestMs = Math.max(slowestMs, performance.now() - startedAt);
      const eventId = /evt_[0-9a-f]{32}/.exec(answer)?.[0];
      if (eventId === undefined) refused.push(answer);
      else accepted.push(eventId);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  })();
  return {
    async end() {
      going = false;
      await sending;
      return { accepted, refused, slowestMs };
    },
  };
}

async function byHttp(port: number, name: string): Promise<string> {
  const body = JSON.stringify({ eventId: `neighbour-${name}`, subject: "Hi" });
  const response = await fetch(`http://127.0.0.1:${port}/v1/inbound/neighbour/json`, {
    method: "POST",
    headers: { "content-type": "application/json", ...signedHeaders(SECRET, body, Date.now()) },
    body,
  });
  return response.text();
}

async function bySmtp(port: number, name: string): Promise<string> {
  const client = await mailClient(port);
  const [reply = ""] = await client.send({
    to: ["sales@neighbour.example"],
    body: `Message-ID: <neighbour-${name}@client.example>\r\n\r\nHi`,
  });
  client.socket.destroy();
  return reply;
}
