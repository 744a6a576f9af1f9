import * as fc from 'fast-check';
import { isReadable, readCall } from '../../../../shared/detection/call';
import { evaluator } from '../../../../shared/detection/evaluate';
import { BY_FUNCTION, FUNCTION_ARN, record } from '../../../../shared/detection/example';
import { RULES } from '../../../../shared/detection/rules';
import { NO_SETTING } from '../../../../shared/detection/setting';

const read = (raw: unknown) => {
  const call = readCall(raw);
  if (!isReadable(call)) throw new Error(call.error);
  return call;
};

describe('a recorded call', () => {
  it.each([
    ['UpdateFunctionCode20150331v2', 'UpdateFunctionCode'],
    ['CreateFunction20150331', 'CreateFunction'],
    ['CreateDistribution2020_05_31', 'CreateDistribution'],
    ['CreateUser', 'CreateUser'],
  ])('%s is %s', (eventName, name) => {
    expect(read({ eventSource: 'lambda.amazonaws.com', eventName }).name).toBe(name);
  });

  it.each([
    [{}],
    [{ eventName: 'CreateUser' }],
    [{ eventSource: 'iam.amazonaws.com' }],
    [null],
    ['text'],
    [[]],
    [7],
  ])('%j is none, and is said to be none in one sentence', (raw) => {
    expect(readCall(raw)).toEqual({
      error: expect.stringMatching(/^the record lacks event(?:Source|Name): [^\n]+$/),
    });
  });

  it('is a function by what the record says, else by its session and agent together', () => {
    const { inScopeOf: _, ...older } = BY_FUNCTION.userIdentity;
    const said = (more: object) =>
      read(record('s3:ListBuckets', null, { ...BY_FUNCTION, ...more })).caller.functionArn;

    expect(said({})).toBe(FUNCTION_ARN);
    expect(said({ userIdentity: older })).toBe(FUNCTION_ARN);
    expect(said({ userIdentity: older, userAgent: 'aws-cli/2.27.0' })).toBeNull();
    expect(said({ userIdentity: { ...older, inScopeOf: {} } })).toBe(FUNCTION_ARN);
  });

  it.each([
    ['an identity that is none', { userIdentity: 'x' }],
    ['lists where texts belong', { userAgent: ['a'], sourceIPAddress: {}, awsRegion: [] }],
    ['parameters as text', { requestParameters: 'null', responseElements: 'null' }],
    ['a time that is none', { eventTime: '...' }],
  ])('with %s is judged all the same', (_, more) => {
    expect(() => evaluator(RULES)(read(record('iam:CreateUser', {}, more)), NO_SETTING)).not.toThrow();
  });

  it('of any shape stops no rule', () => {
    const calls = RULES.flatMap(({ calls: some }) => some).filter((call) => !call.includes('*'));
    const evaluate = evaluator(RULES);
    void fc.assert(
      fc.property(
        fc.constantFrom(...calls),
        fc.object({ maxDepth: 4 }),
        fc.object({ maxDepth: 3 }),
        (call, request, more) => {
          const [service = '', eventName = ''] = call.split(':');
          const raw = {
            ...more,
            requestParameters: request,
            eventSource: `${service}.amazonaws.com`,
            eventName,
          };
          evaluate(read(raw), NO_SETTING);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('with a policy as deep as a record can be is read in no more than a moment', () => {
    let deep: unknown = 'x';
    for (let depth = 0; depth < 5000; depth++) deep = { a: deep };
    expect(() => evaluator(RULES)(read(record('s3:PutBucketAcl', deep)), NO_SETTING)).not.toThrow();
  });
});
