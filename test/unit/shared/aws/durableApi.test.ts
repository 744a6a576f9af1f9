import { LambdaClient, ResourceNotFoundException } from '@aws-sdk/client-lambda';
import { pauseDurableExecution, resumeDurableExecution } from '../../../../shared/aws/durableApi';

const ARN = 'arn:aws:lambda:eu-west-1:123456789012:function:order-worker:7/durable-execution/order-1/abc';

type Sent = {
  readonly method: string;
  readonly path: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
};
type Reply = { readonly status: number; readonly error?: string };

/** A client that sends nothing: what would go over the wire, and the replies in their turn. */
const wired = (...replies: readonly Reply[]) => {
  const sent: Sent[] = [];
  const left = [...replies];
  const lambda = new LambdaClient({
    region: 'eu-west-1',
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
    maxAttempts: 3,
    requestHandler: {
      handle: async (request: Sent) => {
        // Retries send the same object again.
        sent.push({ ...request, headers: { ...request.headers } });
        const { status, error } = left.shift() ?? { status: 200 };
        const headers = { 'content-type': 'application/json', ...(error && { 'x-amzn-errortype': error }) };
        const body = new TextEncoder().encode(JSON.stringify(error ? { Message: error } : {}));
        return { response: { statusCode: status, headers, body } };
      },
    } as never,
  });
  return { lambda, sent };
};

const pause = { ClientToken: 'token', ExecutionTimeoutPaused: true, Reason: 'contained' };

describe('pausing and resuming a durable execution', () => {
  it('sends what AWS documents, signed', async () => {
    const { lambda, sent } = wired();

    await pauseDurableExecution(lambda, ARN, pause);
    await resumeDurableExecution(lambda, ARN, { ClientToken: 'other', Reason: 'released' });

    expect(sent.map(({ method, path }) => [method, decodeURIComponent(path)])).toEqual([
      ['POST', `/2025-12-01/durable-executions/${ARN}/pause`],
      ['POST', `/2025-12-01/durable-executions/${ARN}/resume`],
    ]);
    expect(sent.map(({ body }) => JSON.parse(body))).toEqual([
      pause,
      { ClientToken: 'other', Reason: 'released' },
    ]);
    for (const { headers, body } of sent) {
      expect(headers['content-type']).toBe('application/json');
      expect(headers['content-length']).toBe(String(Buffer.byteLength(body)));
      expect(headers.authorization).toMatch(/^AWS4-HMAC-SHA256 .*\/eu-west-1\/lambda\/aws4_request/);
    }
  });

  it('encodes the name of the execution, so that it is one part of the path', async () => {
    const { lambda, sent } = wired();

    await pauseDurableExecution(lambda, ARN, pause);

    expect(sent[0]?.path.split('/')).toHaveLength(5);
  });

  it('tries again with the same token when AWS throttles, which counts as one request', async () => {
    const { lambda, sent } = wired({ status: 429, error: 'TooManyRequestsException' });

    await pauseDurableExecution(lambda, ARN, pause);

    expect(sent.map(({ method, path, body }) => [method, path.endsWith('/pause'), JSON.parse(body)])).toEqual(
      [
        ['POST', true, pause],
        ['POST', true, pause],
      ],
    );
  });

  it("throws the SDK's own error classes", async () => {
    const { lambda } = wired({ status: 404, error: 'ResourceNotFoundException' });

    await expect(pauseDurableExecution(lambda, ARN, pause)).rejects.toBeInstanceOf(ResourceNotFoundException);
  });
});
