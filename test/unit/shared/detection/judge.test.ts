import * as fc from 'fast-check';
import { isReadable, readCall } from '../../../../shared/detection/call';
import { evaluator, type Sign } from '../../../../shared/detection/evaluate';
import { BY_FUNCTION, FUNCTION_ARN, record } from '../../../../shared/detection/example';
import { judge, limitOf } from '../../../../shared/detection/judge';
import { RULES } from '../../../../shared/detection/rules';
import { NO_SETTING } from '../../../../shared/detection/setting';

const RESPOND = { defaultMode: 'respond' as const, modes: [] };
const LISTED = { knownDeployers: ['pipeline'], ownAccounts: [] };

const signsOf = (raw: unknown, setting = NO_SETTING): readonly Sign[] => {
  const call = readCall(raw);
  if (!isReadable(call)) throw new Error(call.error);
  return evaluator(RULES)(call, setting).signs;
};

const signOf = (id: string, raw: unknown, setting = NO_SETTING): Sign => {
  const found = signsOf(raw, setting).find(({ rule }) => rule.id === id);
  if (found === undefined) throw new Error(`${id} is silent`);
  return found;
};

describe('how far a sign may go', () => {
  it('is as far as the mode for what a function did itself and what is grave', () => {
    const sign = signOf('iam-write-by-function', record('iam:CreateUser', {}, BY_FUNCTION));

    expect(judge(sign, NO_SETTING, RESPOND)).toEqual({ disposition: 'respond', because: 'mode respond' });
    expect(judge(sign, NO_SETTING, { defaultMode: 'observe', modes: [] }).disposition).toBe('observe');
  });

  it('is to ask for what a function did itself and one sign does not settle', () => {
    const sign = signOf('table-exported', record('dynamodb:ExportTableToPointInTime', {}, BY_FUNCTION));

    expect(judge(sign, NO_SETTING, RESPOND).disposition).toBe('ask');
  });

  it('is nothing where the call cannot be tied to a function', () => {
    const sign = signOf('user-created', record('iam:CreateUser', {}));

    expect(judge(sign, NO_SETTING, RESPOND)).toMatchObject({ disposition: 'ignore' });
  });

  it('is to contain a function whose code was replaced by somebody who is not known to deploy', () => {
    const replaced = record('lambda:UpdateFunctionCode', { functionName: 'orders' });
    const sign = signOf('function-code-replaced', replaced, LISTED);

    expect(sign.suspect).toBe(FUNCTION_ARN);
    expect(judge(sign, LISTED, RESPOND).disposition).toBe('respond');
    expect(judge(sign, NO_SETTING, RESPOND).disposition).toBe('observe');
    expect(
      signsOf({ ...replaced, userIdentity: { type: 'IAMUser', userName: 'pipeline' } }, LISTED).map(
        ({ rule }) => rule.id,
      ),
    ).not.toContain('function-code-replaced');
  });

  it.each([
    ['opened its policy', record('lambda:AddPermission', { functionName: 'orders', principal: '*' })],
    [
      'throttled it',
      record('lambda:PutFunctionConcurrency', { functionName: 'orders', reservedConcurrentExecutions: 0 }),
    ],
    [
      'made its URL public',
      record('lambda:CreateFunctionUrlConfig', { functionName: 'orders', authType: 'NONE' }),
    ],
    [
      'invoked it',
      record(
        'lambda:Invoke',
        { functionName: 'orders' },
        { userIdentity: { type: 'AWSAccount', accountId: '444455556666' } },
      ),
    ],
    ['gave it a trigger', record('lambda:CreateEventSourceMapping', { functionName: 'orders' })],
    ['deleted it', record('lambda:DeleteFunction', { functionName: 'orders' })],
  ])('is never to contain it because somebody else %s (invariant 11)', (_, raw) => {
    const signs = signsOf(raw, LISTED).filter(({ suspect }) => suspect !== null);

    expect(signs.length).toBeGreaterThan(0);
    for (const sign of signs) expect(['observe', 'ask']).toContain(judge(sign, LISTED, RESPOND).disposition);
  });

  it('never contains for what others call or try, in any number and order (invariant 11)', () => {
    const others = RULES.filter(({ about, tampers }) => about !== undefined && tampers !== true).flatMap(
      ({ calls }) => calls,
    );
    const raw = fc.record({
      call: fc.constantFrom(...others),
      request: fc.record({
        functionName: fc.constantFrom('orders', FUNCTION_ARN),
        principal: fc.constantFrom('*', '444455556666', 's3.amazonaws.com'),
        authType: fc.constantFrom('NONE', 'AWS_IAM'),
        reservedConcurrentExecutions: fc.constantFrom(0, 1),
        logGroupName: fc.constant('/aws/lambda/orders'),
      }),
      caller: fc.constantFrom('444455556666', '111122223333'),
    });

    void fc.assert(
      fc.property(fc.array(raw, { maxLength: 40 }), (some) => {
        const signs = some.flatMap(({ call, request, caller }) =>
          signsOf(record(call, request, { userIdentity: { type: 'AWSAccount', accountId: caller } }), LISTED),
        );
        return signs.every((sign) => limitOf(sign, LISTED).most !== 'respond');
      }),
    );
  });
});
