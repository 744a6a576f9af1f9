import type { LocalClients } from '../../../local/clients';

/** A call as a client is about to make it: the command's name, and how many came before it. */
export type Call = { readonly command: string; readonly index: number };

/** What becomes of a call: it is made; the process dies before it or just after it; or AWS answers with an error. */
export type Fate = 'made' | 'dies-before' | 'dies-after' | Error;

/** The process died: what every later call throws as well. */
export class Died extends Error {
  override readonly name = 'Died';
}

type Middleware = (
  next: (args: unknown) => Promise<unknown>,
  context: { readonly commandName?: string },
) => (args: unknown) => Promise<unknown>;

/**
 * Gives every call of some clients the fate that is chosen for it, before any retry of the SDK: a fault of AWS is one
 * that the SDK has given up on. Changes the clients that it is given: pass fresh ones.
 */
export const instrument = (clients: LocalClients, fateOf: (call: Call) => Fate): LocalClients => {
  let index = 0;
  let dead = false;
  const middleware: Middleware =
    (next, { commandName = '' }) =>
    async (args) => {
      if (dead) throw new Died('dead already');
      const call = { command: commandName.replace(/Command$/, ''), index };
      index += 1;
      const fate = fateOf(call);
      if (fate instanceof Error) throw fate;
      if (fate === 'dies-before') dead = true;
      if (dead) throw new Died(`before ${call.command}`);
      const answer = await next(args);
      if (fate === 'dies-after') dead = true;
      if (dead) throw new Died(`after ${call.command}`);
      return answer;
    };
  for (const client of Object.values(clients)) {
    const stack = client.middlewareStack as unknown as {
      add: (middleware: Middleware, options: { step: 'initialize'; name: string }) => void;
    };
    stack.add(middleware, { step: 'initialize', name: 'fate' });
  }
  return clients;
};

/** An error as AWS's services give it. */
export const awsError = (name: string): Error =>
  Object.assign(new Error(`${name}, as the test wants it`), { name, $metadata: { httpStatusCode: 400 } });
