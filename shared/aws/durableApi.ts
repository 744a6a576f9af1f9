import { GetDurableExecutionCommand, type LambdaClient } from '@aws-sdk/client-lambda';

/*
 * Pausing and resuming durable executions, for which the SDK has no commands yet:
 * https://docs.aws.amazon.com/lambda/latest/api/API_PauseDurableExecution.html and API_ResumeDurableExecution.html.
 *
 * Both are the address of GetDurableExecution with a word after it, so they are sent as that command, rewritten before
 * it is signed: endpoint, credentials, retries, time-outs and error classes are the client's own. It is a command that
 * only reads on purpose: were the rewriting ever to be left out, nothing would be changed.
 */

type Pause = {
  /** Makes a repeated request one request. */
  readonly ClientToken: string;
  /** Whether the execution's own time-out stands still too. */
  readonly ExecutionTimeoutPaused: boolean;
  readonly Reason: string;
};
type Resume = Pick<Pause, 'ClientToken' | 'Reason'>;

/** The parts of the SDK's request that are rewritten. */
type Request = { method: string; path: string; body?: unknown; headers: Record<string, string> };

const isRequest = (request: unknown): request is Request =>
  typeof request === 'object' &&
  request !== null &&
  'method' in request &&
  request.method === 'GET' &&
  'path' in request &&
  typeof request.path === 'string' &&
  'headers' in request;

/** The SDK no longer sends this command as it did: nothing was sent. */
export class UnknownRequestError extends Error {
  override readonly name = 'UnknownRequestError';
}

const post = async (
  lambda: LambdaClient,
  executionArn: string,
  word: 'pause' | 'resume',
  body: Pause | Resume,
): Promise<void> => {
  const command = new GetDurableExecutionCommand({ DurableExecutionArn: executionArn });
  command.middlewareStack.add(
    (next) => (args) => {
      const { request } = args;
      if (!isRequest(request)) throw new UnknownRequestError(`${word} of ${executionArn} could not be sent`);
      request.method = 'POST';
      request.path = `${request.path}/${word}`;
      request.headers['content-type'] = 'application/json';
      request.body = JSON.stringify(body);
      return next(args);
    },
    // After it was written and before its length is counted and it is signed.
    { step: 'build', priority: 'high', name: `${word}DurableExecution` },
  );
  await lambda.send(command);
};

/** Asks for a pause. Lambda answers before it is in effect: the status follows (PAUSING while an invocation runs). */
export const pauseDurableExecution = (
  lambda: LambdaClient,
  executionArn: string,
  pause: Pause,
): Promise<void> => post(lambda, executionArn, 'pause', pause);

/** Asks for an execution to go on. The status follows. */
export const resumeDurableExecution = (
  lambda: LambdaClient,
  executionArn: string,
  resume: Resume,
): Promise<void> => post(lambda, executionArn, 'resume', resume);
