import { ResourceConflictException, ResourceNotFoundException } from '@aws-sdk/client-lambda';
import { functionUrl } from '../../../../shared/containment/controls/functionUrl';
import { CHOICES } from '../../../fixtures/choices';
import { aSuspect } from '../../../fixtures/suspect';
import { stubbedLambda } from './stubbedLambda';

const suspect = aSuspect();
const said = { message: 'said by AWS', $metadata: {} };
const config = (qualifier: string | null, AuthType = 'NONE') => ({
  FunctionArn: qualifier === null ? suspect.arn : `${suspect.arn}:${qualifier}`,
  FunctionUrl: `https://${qualifier ?? 'own'}.lambda-url.eu-west-1.on.aws/`,
  AuthType,
  Cors: { AllowOrigins: ["https://it's.example"] },
  InvokeMode: 'BUFFERED',
});
const before = {
  open: [null, '-live'].map((qualifier) => ({
    qualifier,
    url: config(qualifier).FunctionUrl,
    authType: 'NONE' as const,
    cors: qualifier === null ? config(null).Cors : null,
    invokeMode: 'BUFFERED' as const,
  })),
};

describe('the function URL', () => {
  it('is found on every page, the aliases included, and recorded whole', async () => {
    const { tools } = stubbedLambda(({ input }) =>
      input.Marker === undefined
        ? { FunctionUrlConfigs: [config(null), config('signed', 'AWS_IAM')], NextMarker: 'more' }
        : { FunctionUrlConfigs: [{ ...config('-live'), Cors: undefined }] },
    );

    expect(await functionUrl.capture(suspect, tools)).toEqual({
      applies: true,
      before,
      found: '2 of 3 open: the function, alias -live',
    });
  });

  it('is closed by its way to authenticate alone: what is not sent, AWS keeps', async () => {
    const { calls, tools } = stubbedLambda(() => ({ FunctionUrlConfigs: [config(null), config('-live')] }));
    await functionUrl.apply(suspect, before, tools);

    expect(calls.slice(1).map(({ input }) => input)).toEqual([
      { FunctionName: suspect.arn, AuthType: 'AWS_IAM' },
      { FunctionName: suspect.arn, Qualifier: '-live', AuthType: 'AWS_IAM' },
    ]);
  });

  it('is tried again while another change of the function is in progress, and not for ever', async () => {
    let busy = 2;
    const { pauses, tools } = stubbedLambda(({ name }) => {
      if (name === 'UpdateFunctionUrlConfigCommand' && busy-- > 0) throw new ResourceConflictException(said);
      return { FunctionUrlConfigs: [config(null)] };
    });
    await functionUrl.apply(suspect, before, tools);
    expect(pauses).toEqual([1000, 1000]);

    busy = Number.POSITIVE_INFINITY;
    await expect(functionUrl.apply(suspect, before, tools)).rejects.toThrow(ResourceConflictException);
  });

  it('tells of CORS settings that are not what they were', async () => {
    const { tools } = stubbedLambda(() => ({
      FunctionUrlConfigs: [{ ...config(null, 'AWS_IAM'), Cors: undefined }],
    }));

    expect(await functionUrl.verify(suspect, before, tools)).toEqual({
      held: true,
      found: '2 of 2 closed; CORS or invoke mode changed: the function',
    });
  });

  it('cannot be had again when its function was deleted', async () => {
    const { tools } = stubbedLambda(() => Promise.reject(new ResourceNotFoundException(said)));

    expect(await functionUrl.revert(suspect, before, tools, true)).toMatchObject({
      outcome: 'drift',
      detail: expect.stringContaining('cannot be had again'),
    });
  });

  it('can be opened without us, each value as one word', () => {
    expect(functionUrl.undo(suspect, before, { denyPolicyArn: '', prefix: '' })).toEqual([
      `aws lambda update-function-url-config --function-name ${suspect.arn} --auth-type NONE --cors '{"AllowOrigins":["https://it'\\''s.example"]}' --invoke-mode BUFFERED --region eu-west-1`,
      `aws lambda update-function-url-config --function-name ${suspect.arn} --qualifier=-live --auth-type NONE --invoke-mode BUFFERED --region eu-west-1`,
    ]);
  });

  it('says what it would do, and what puts it back', () => {
    expect(functionUrl.describe(suspect, before, CHOICES)).toMatchObject({
      does: 'ask for AWS credentials at 2 function URL(s): the function, alias -live',
      inverse: `ask nobody again at ${before.open.map(({ url }) => url).join(', ')}`,
    });
  });
});
