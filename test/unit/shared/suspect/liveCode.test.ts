import { type LambdaClient, ResourceNotFoundException } from '@aws-sdk/client-lambda';
import { liveCode } from '../../../../shared/suspect/liveCode';
import { aSuspect } from '../../../fixtures/suspect';

const { arn } = aSuspect();

/** A Lambda that has other code behind an alias than in `$LATEST`, and says what it was asked for. */
const lambdaWith = (code: Readonly<Record<string, object>>) => {
  const asked: string[] = [];
  const lambda = {
    send: async ({ input }: { input: { FunctionName: string } }) => {
      asked.push(input.FunctionName);
      const answer = code[input.FunctionName];
      if (answer === undefined) throw new ResourceNotFoundException({ message: 'gone', $metadata: {} });
      return answer;
    },
  } as unknown as LambdaClient;
  return { asked, lambda };
};
const code = {
  [arn]: { CodeSha256: 'latest', LastUpdateStatus: 'Successful' },
  [`${arn}:live`]: { CodeSha256: 'behind-the-alias', LastUpdateStatus: 'Successful' },
};

describe('liveCode', () => {
  it.each([
    [null, 'latest'],
    ['live', 'behind-the-alias'],
    ['7', 'latest'], // a version never changes: it is judged by what will be published next
  ])('of a finding about the qualifier %j is %s', async (qualifier, codeSha256) => {
    expect(await liveCode({ arn, qualifier }, lambdaWith(code).lambda)).toEqual({
      codeSha256,
      updateStatus: 'Successful',
    });
  });

  it('asks once', async () => {
    const { asked, lambda } = lambdaWith(code);
    await liveCode({ arn, qualifier: 'live' }, lambda);

    expect(asked).toEqual([`${arn}:live`]);
  });

  it('of a function that is gone is no code at all: nothing of it can start again', async () => {
    const { codeSha256 } = await liveCode({ arn, qualifier: null }, lambdaWith({}).lambda);

    expect(codeSha256).toContain('deleted');
  });

  it('of an alias that is gone is not that of a function that is gone: the function can still start', async () => {
    const { [arn]: latest } = code;
    const { codeSha256 } = await liveCode(
      { arn, qualifier: 'live' },
      lambdaWith({ [arn]: latest ?? {} }).lambda,
    );

    expect(codeSha256).not.toContain('deleted');
  });

  it('is not known where Lambda does not say it', async () => {
    expect(await liveCode({ arn, qualifier: null }, lambdaWith({ [arn]: {} }).lambda)).toMatchObject({
      codeSha256: '',
    });
  });

  it('lets every other failure fly, so that the step is tried again', async () => {
    const lambda = { send: () => Promise.reject(new Error('throttled')) } as unknown as LambdaClient;

    await expect(liveCode({ arn, qualifier: null }, lambda)).rejects.toThrow('throttled');
  });
});
