/** The process died: what a client throws once its calls are used up. */
export class Died extends Error {
  override readonly name = 'Died';
}

export type Counter = { calls: number; limit: number };

/** Lets a client make a number of calls and then die, after the call was made and before its answer is seen. */
export const mortal = <T extends { middlewareStack: { add: (...args: never[]) => void } }>(
  client: T,
  counter: Counter,
): T => {
  const add = client.middlewareStack.add as unknown as (
    middleware: (next: (args: unknown) => Promise<unknown>) => (args: unknown) => Promise<unknown>,
    options: { step: 'initialize'; name: string },
  ) => void;
  add.call(
    client.middlewareStack,
    (next) => async (args) => {
      if (counter.calls >= counter.limit) throw new Died('dead before the call');
      const answer = await next(args);
      counter.calls += 1;
      if (counter.calls >= counter.limit) throw new Died('dead after the call');
      return answer;
    },
    { step: 'initialize', name: 'mortal' },
  );
  return client;
};
