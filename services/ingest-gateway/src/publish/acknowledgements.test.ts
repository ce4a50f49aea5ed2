import { expect, test } from "vitest";
import { createAcknowledgements } from "./acknowledgements.ts";

/** A publish that ends when the test says so. */
function held() {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let calls = 0;
  const publish = (): Promise<void> => {
    calls += 1;
    return promise;
  };
  return { publish, succeed: resolve, fail: () => reject(new Error("broker away")), calls: () => calls };
}

const never = (): Promise<void> => Promise.reject(new Error("published again"));

test("the second time is a duplicate, and is not published", async () => {
  const acknowledgements = createAcknowledgements();
  expect(await acknowledgements.once("evt_1", () => Promise.resolve())).toEqual({ duplicate: false });
  expect(await acknowledgements.once("evt_1", never)).toEqual({ duplicate: true });
  expect(await acknowledgements.once("evt_2", () => Promise.resolve())).toEqual({ duplicate: false });
});

test("a twin waits for the first acknowledgement", async () => {
  const acknowledgements = createAcknowledgements();
  const first = held();
  const one = acknowledgements.once("evt_1", first.publish);
  const twin = acknowledgements.once("evt_1", never);
  first.succeed();
  expect(await one).toEqual({ duplicate: false });
  expect(await twin).toEqual({ duplicate: true });
});

test("a failed first lets one twin try itself; the others wait for that one", async () => {
  const acknowledgements = createAcknowledgements();
  const first = held();
  const second = held();
  const one = acknowledgements.once("evt_1", first.publish);
  const twins = [acknowledgements.once("evt_1", second.publish), acknowledgements.once("evt_1", second.publish)];
  first.fail();
  await expect(one).rejects.toThrow("broker away");
  second.succeed();
  const duplicates = (await Promise.all(twins)).map(({ duplicate }) => duplicate);
  expect(new Set(duplicates)).toEqual(new Set([false, true]));
  expect(second.calls()).toBe(1);
});

test("a failure is not remembered", async () => {
  const acknowledgements = createAcknowledgements();
  await expect(acknowledgements.once("evt_1", () => Promise.reject(new Error("away")))).rejects.toThrow("away");
  expect(await acknowledgements.once("evt_1", () => Promise.resolve())).toEqual({ duplicate: false });
});

test("the oldest is forgotten when the memory is full, and is published again", async () => {
  const acknowledgements = createAcknowledgements(2);
  for (const id of ["evt_1", "evt_2", "evt_3"]) await acknowledgements.once(id, () => Promise.resolve());
  expect(await acknowledgements.once("evt_1", () => Promise.resolve())).toEqual({ duplicate: false });
  expect(await acknowledgements.once("evt_3", never)).toEqual({ duplicate: true });
});
