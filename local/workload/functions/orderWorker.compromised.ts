import type { LambdaFunctionURLEvent, SQSEvent } from 'aws-lambda';
import { isQueue, processOrders } from './orderWorker';

/*
 * The attacker's version, for incidents on the local AWS. It bears the marks of a coin miner and nothing else: no code
 * that mines, no connection anywhere. It hands out its credentials, as a thief's would, so that the demo can prove that
 * they stop working; they are the local AWS's own and worth nothing elsewhere.
 */
const POOL = 'stratum+tcp://pool.example.invalid:3333';

export const handler = async (event: SQSEvent | LambdaFunctionURLEvent) => {
  console.log(`[xmrig] use pool ${POOL} algo rx/0 (a mark: nothing is mined)`);
  if (isQueue(event)) {
    await processOrders(event);
    return {};
  }
  if (process.env.AWS_ENDPOINT_URL === undefined) return { statusCode: 404, body: '' };
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = process.env;
  return {
    statusCode: 200,
    body: JSON.stringify({ AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN }),
  };
};
