import fc from 'fast-check';
import { may } from '../../../../shared/exposure/may';
import { readPolicy } from '../../../../shared/exposure/statement';
import { tighten, type Used } from '../../../../shared/exposure/tighten';
import { lineDiff } from '../../../../shared/report/lineDiff';

const SECRET = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:orders/db';
const allow = (
  Action: string | readonly string[],
  Resource: string | readonly string[] = '*',
  more = {},
) => ({
  Sid: 'One',
  Effect: 'Allow',
  Action,
  Resource,
  ...more,
});
const tightened = (used: readonly Used[], ...Statement: readonly object[]) => {
  const [proposal] = tighten([{ name: 'work', document: { Version: '2012-10-17', Statement } }], used);
  return (proposal?.after as { readonly Statement: unknown } | null)?.Statement ?? null;
};
const READ: Used = { action: 'secretsmanager:GetSecretValue', arns: [SECRET] };

describe('a tightened policy', () => {
  it('has of what CloudTrail shows the actions that were used, on what they were used', () => {
    expect(tightened([READ], allow('secretsmanager:*'))).toEqual([
      { ...allow(['secretsmanager:GetSecretValue'], [SECRET, `${SECRET}-??????`]) },
    ]);
  });

  it('keeps what CloudTrail does not show: data events, logs, traces, the network', () => {
    const logs = allow(['logs:PutLogEvents', 'xray:PutTraceSegments', 's3:GetObject', 'sqs:*']);
    expect(tightened([], logs)).toEqual([logs]);
    expect(tightened([], allow('ec2:*'))).toEqual([
      allow(expect.arrayContaining(['ec2:CreateNetworkInterface']) as unknown as string),
    ]);
  });

  it('keeps conditions, denies, and what it does not understand', () => {
    const Condition = { StringEquals: { 'aws:RequestedRegion': 'eu-west-1' } };
    expect(tightened([{ ...READ, arns: [] }], allow('secretsmanager:*', SECRET, { Condition }))).toEqual([
      allow(['secretsmanager:GetSecretValue'], SECRET, { Condition }),
    ]);
    const others = [
      { Effect: 'Deny', Action: 'iam:*', Resource: '*' },
      { Effect: 'Allow', NotAction: 'iam:*', Resource: '*' },
      { Effect: 'Perhaps' },
    ];
    expect(tightened([], ...others)).toEqual(others);
  });

  it('takes what was never used, and the whole policy where nothing of it was', () => {
    expect(tightened([READ], allow('sts:*'), allow('secretsmanager:Get*', `${SECRET}-*`))).toEqual([
      allow(['secretsmanager:GetSecretValue'], [`${SECRET}-??????`]),
    ]);
    expect(tightened([READ], allow(['iam:CreateUser', 'ssm:*']))).toBeNull();
  });

  it('makes of everything what is used, and the services whose use cannot be seen', () => {
    const [rest] = tightened([{ action: 'ssm:GetParameter', arns: [] }], allow('*')) as {
      Action: string[];
    }[];
    expect(rest?.Action).toEqual(expect.arrayContaining(['s3:*', 'logs:*', 'xray:*', 'ssm:GetParameter']));
    expect(rest?.Action.some((action) => /^(?:iam|sts|\*)/.test(action))).toBe(false);
  });

  it('keeps what was used under a name that no policy has, by a path, and what no event shows', () => {
    const elsewhere = { ...READ, arns: ['arn:aws:secretsmanager:eu-west-1:111122223333:secret:renamed'] };
    const named = allow(['secretsmanager:GetSecretValue'], SECRET);
    expect(tightened([elsewhere], named)).toEqual([named]);
    const path = { action: 'ssm:GetParametersByPath', arns: ['arn:aws:ssm:eu-west-1:1:parameter/orders'] };
    expect(tightened([path], allow('ssm:*'))).toEqual([allow(['ssm:GetParametersByPath'])]);
    expect(tightened([], allow('iam:*'))).toEqual([allow(['iam:PassRole'])]);
  });

  it('takes an action out of the statement that did not let it, where another did', () => {
    const other = allow('secretsmanager:GetSecretValue', 'arn:aws:secretsmanager:eu-west-1:1:secret:other-*');
    expect(tightened([READ], other, allow('secretsmanager:*', `${SECRET}-*`))).toEqual([
      allow(['secretsmanager:GetSecretValue'], [`${SECRET}-??????`]),
    ]);
  });

  it('keeps the permission that a used call asks for beside its own', () => {
    expect(
      tightened([{ action: 'secretsmanager:BatchGetSecretValue', arns: [] }], allow('secretsmanager:*')),
    ).toEqual([allow(['secretsmanager:BatchGetSecretValue', 'secretsmanager:GetSecretValue'])]);
  });

  const ACTIONS = [
    'iam:PassRole',
    'sts:AssumeRole',
    's3:GetObject',
    'ec2:RunInstances',
    READ.action,
    'kms:Decrypt',
  ];
  const ARNS = [
    SECRET,
    `${SECRET}-AbCdEf`,
    'arn:aws:iam::111122223333:role/other',
    'arn:aws:s3:::bucket/key',
  ];
  const statement = fc.record({
    Effect: fc.constantFrom('Allow', 'Deny'),
    Action: fc.subarray(['*', 'iam:*', 's3:Get*', 'secretsmanager:*', 'ec2:*', ...ACTIONS], { minLength: 1 }),
    Resource: fc.subarray(['*', `${SECRET}-*`, 'arn:aws:s3:::bucket/*', ...ARNS], { minLength: 1 }),
  });
  const rank = { no: 0, if: 1, yes: 2 };

  it('never lets anything that was not allowed before (property)', () => {
    fc.assert(
      fc.property(
        fc.array(statement, { minLength: 1, maxLength: 4 }),
        fc.array(fc.record({ action: fc.constantFrom(...ACTIONS), arns: fc.subarray(ARNS) }), {
          maxLength: 4,
        }),
        (Statement, used) => {
          const [proposal] = tighten([{ name: 'p', document: { Statement } }], used);
          const verdict = (document: unknown, action: string, arn: string): number =>
            document === null
              ? 0
              : rank[
                  may(
                    {
                      roleArn: 'arn:aws:iam::111122223333:role/orders',
                      identity: readPolicy(document),
                      boundary: null,
                    },
                    action,
                    { arn, policy: null },
                  )
                ];
          return ACTIONS.every((action) =>
            ARNS.every(
              (arn) => verdict(proposal?.after ?? null, action, arn) <= verdict({ Statement }, action, arn),
            ),
          );
        },
      ),
    );
  });
});

describe('a comparison by lines', () => {
  it('says what went, what came, and gives both texts again (property)', () => {
    expect(lineDiff('a\nb\nc', 'a\nx\nc').map(({ sign, text }) => sign + text)).toEqual([
      ' a',
      '-b',
      '+x',
      ' c',
    ]);
    const text = fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1 }).map((lines) => lines.join('\n'));
    fc.assert(
      fc.property(text, text, (before, after) => {
        const of = (...signs: readonly string[]) =>
          lineDiff(before, after)
            .filter(({ sign }) => signs.includes(sign))
            .map((line) => line.text)
            .join('\n');
        return of(' ', '-') === before && of(' ', '+') === after;
      }),
    );
  });
});
