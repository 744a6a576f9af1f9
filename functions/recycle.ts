import { lambdaClient } from '../shared/aws/clients';
import { readSettings } from '../shared/aws/settings';
import { refusal } from '../shared/policy/guards';
import { type RecycleOutcome, recycle, recycleRequest } from '../shared/recovery/recycle';
import { describeSuspect } from '../shared/suspect/describe';
import { parseFunctionArn } from '../shared/suspect/functionArn';

const settings = readSettings();
const lambda = lambdaClient();

/** The function is one of our own, or on the never-contain list, or out of reach. */
export class NotToBeRecycledError extends Error {
  override readonly name = 'NotToBeRecycledError';
}

/**
 * The only function that may write a configuration, since whoever may do that can make a function run other code. It
 * writes the description and nothing else.
 */
export const handler = async (input: unknown): Promise<RecycleOutcome> => {
  const request = recycleRequest.parse(input);
  const name = parseFunctionArn(request.functionArn);
  const live = name === null ? null : await describeSuspect(name, lambda);
  if (live === null) return 'gone';
  const refused = refusal(live, settings);
  if (refused !== null) throw new NotToBeRecycledError(`${request.functionArn}: ${refused}`);
  return recycle(request, lambda);
};
