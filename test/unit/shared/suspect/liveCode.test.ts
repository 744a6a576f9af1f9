import { type LambdaClient, ListAliasesCommand, ResourceNotFoundException } from '@aws-sdk/client-lambda';
import { liveCode } from '../../../../shared/suspect/liveCode';
import { aSuspect } from '../../../fixtures/suspect';

const { arn } = aSuspect();

/** A Lambda that has other code behind an alias than in `$LATEST`, and says what it was asked for. */
const lambdaWith = (code: Readonly<Record<string, object>>, aliases: readonly object[] = []) => {
  const asked: string[] = [];
  const lambda = {
    send: async (command: ListAliasesCommand | { input: { FunctionName: string } }) => {
      if (command instanceof ListAliasesCommand) return { Aliases: aliases };
      const { input } = command;
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
    expect(await liveCode({ arn, qualifier }, 'contained', lambdaWith(code).lambda)).toEqual({
      codeSha256,
      updateStatus: 'Successful',
      signer: null,
    });
  });

  it.each([
    ['as its version', { Name: 'live', FunctionVersion: '7' }],
    [
      'as one of two versions',
      { FunctionVersion: '8', RoutingConfig: { AdditionalVersionWeights: { '7': 0.1 } } },
    ],
  ])('of a version is the contained code while an alias still points at it %s', async (_, alias) => {
    const versions = {
      ...code,
      [`${arn}:7`]: { CodeSha256: 'contained' },
      [`${arn}:8`]: { CodeSha256: 'new' },
    };
    const { codeSha256 } = await liveCode(
      { arn, qualifier: '7' },
      'contained',
      lambdaWith(versions, [alias]).lambda,
    );

    expect(codeSha256).toBe('contained');
  });

  it('asks once', async () => {
    const { asked, lambda } = lambdaWith(code);
    await liveCode({ arn, qualifier: 'live' }, 'contained', lambda);

    expect(asked).toEqual([`${arn}:live`]);
  });

  it('of a function that is gone is no code at all: nothing of it can start again', async () => {
    const { codeSha256 } = await liveCode({ arn, qualifier: null }, 'contained', lambdaWith({}).lambda);

    expect(codeSha256).toContain('deleted');
  });

  it('of an alias that is gone is not that of a function that is gone: the function can still start', async () => {
    const { [arn]: latest } = code;
    const { codeSha256 } = await liveCode(
      { arn, qualifier: 'live' },
      'contained',
      lambdaWith({ [arn]: latest ?? {} }).lambda,
    );

    expect(codeSha256).not.toContain('deleted');
  });

  it('is not known where Lambda does not say it', async () => {
    expect(
      await liveCode({ arn, qualifier: null }, 'contained', lambdaWith({ [arn]: {} }).lambda),
    ).toMatchObject({
      codeSha256: '',
    });
  });

  it('lets every other failure fly, so that the step is tried again', async () => {
    const lambda = { send: () => Promise.reject(new Error('throttled')) } as unknown as LambdaClient;

    await expect(liveCode({ arn, qualifier: null }, 'contained', lambda)).rejects.toThrow('throttled');
  });
});
