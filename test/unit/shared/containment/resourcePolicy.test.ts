import {
  InvalidParameterValueException,
  PolicyLengthExceededException,
  PreconditionFailedException,
  PublicPolicyException,
  ResourceConflictException,
  ResourceNotFoundException,
} from '@aws-sdk/client-lambda';
import { resourcePolicy } from '../../../../shared/containment/controls/resourcePolicy';
import { type Statement, statementOf } from '../../../../shared/containment/statements';
import { CHOICES } from '../../../fixtures/choices';
import { aSuspect } from '../../../fixtures/suspect';
import { type Call, stubbedLambda } from './stubbedLambda';

const suspect = aSuspect();
const said = { message: 'said by AWS', $metadata: {} };

const url = statementOf(
  { StatementId: 'url', Action: 'lambda:InvokeFunctionUrl', Principal: '*', FunctionUrlAuthType: 'NONE' },
  suspect.arn,
);
const partner = statementOf(
  {
    StatementId: '--partner',
    Action: 'lambda:InvokeFunction',
    Principal: '999999999999',
    PrincipalOrgID: 'o-a1b2c3d4e5',
  },
  `${suspect.arn}:live`,
);
const byAddress: Statement = {
  ...url,
  Sid: 'by-address',
  Condition: { IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } },
};
const deleted: Statement = {
  ...url,
  Sid: 'deleted',
  Condition: undefined,
  Principal: { AWS: 'AROAEXAMPLE123' },
};
const before = {
  removed: [
    { qualifier: null, statement: url, letsIn: 'anybody, through the function URL' },
    { qualifier: 'live', statement: partner, letsIn: 'account 999999999999' },
  ],
  left: [{ qualifier: null, statement: byAddress, letsIn: 'anybody' }],
  unread: 0,
};
const onlyUrl = { ...before, removed: before.removed.slice(0, 1) };

/** Policies by qualifier, as AWS keeps them; every write makes a new revision. */
const policies = (live: Record<string, readonly Statement[]>, versions: readonly string[] = []) => {
  let revision = 1;
  const of = ({ Qualifier }: Call['input']) => String(Qualifier ?? '');
  return (call: Call): object => {
    const { name, input } = call;
    if (name === 'ListAliasesCommand') return { Aliases: [{ Name: 'live' }] };
    if (name === 'ListVersionsByFunctionCommand')
      return { Versions: ['$LATEST', ...versions].map((Version) => ({ Version })) };
    const statements = live[of(input)] ?? [];
    if (name === 'GetPolicyCommand') {
      if (statements.length === 0) throw new ResourceNotFoundException(said);
      return { Policy: JSON.stringify({ Statement: statements }), RevisionId: String(revision) };
    }
    if (name === 'RemovePermissionCommand') {
      if (input.RevisionId !== String(revision)) throw new PreconditionFailedException(said);
      live[of(input)] = statements.filter(({ Sid }) => Sid !== input.StatementId);
    } else if (name === 'AddPermissionCommand') {
      const resource = input.Qualifier === undefined ? suspect.arn : `${suspect.arn}:${of(input)}`;
      const statement = statementOf(input as Parameters<typeof statementOf>[0], resource);
      live[of(input)] = [...statements, statement];
      revision += 1;
      return { Statement: JSON.stringify(statement) };
    }
    revision += 1;
    return {};
  };
};

describe('the resource policy: capture', () => {
  it('takes what can be made again, and says what it leaves and why', async () => {
    const { tools } = stubbedLambda(policies({ '': [url, byAddress, deleted], live: [partner] }));
    const capture = await resourcePolicy.capture(suspect, tools);

    expect(capture).toMatchObject({
      applies: true,
      before: {
        removed: before.removed,
        left: [{ statement: { Sid: 'by-address' } }, { statement: { Sid: 'deleted' } }],
        unread: 0,
      },
    });
    expect(capture).toMatchObject({
      found: expect.stringMatching(/left, as it could not be made again exactly: by-address \(anybody\)/),
    });
  });

  it('says what stays open where nothing can be removed', async () => {
    const { tools } = stubbedLambda(policies({ '': [byAddress] }));

    expect(await resourcePolicy.capture(suspect, tools)).toEqual({
      applies: false,
      why: expect.stringContaining('by-address (anybody); reserved concurrency 0 holds it'),
    });
  });

  it('reads the policies of the hundred newest versions, and says of how many it did not', async () => {
    const versions = Array.from({ length: 130 }, (_, index) => String(index + 1));
    const { calls, tools } = stubbedLambda(policies({ '': [url] }, versions));
    const capture = await resourcePolicy.capture(suspect, tools);

    const read = calls.flatMap(({ name, input }) =>
      name === 'GetPolicyCommand' ? [String(input.Qualifier ?? '')] : [],
    );
    expect(read).toEqual(['', 'live', ...versions.slice(30).reverse()]);
    expect(capture).toMatchObject({ before: { unread: 30 } });
    expect(resourcePolicy.describe(suspect, { ...before, unread: 30 }, CHOICES).cautions).toEqual(
      expect.arrayContaining([expect.stringContaining('30 oldest versions were not read')]),
    );
  });
});

describe('the resource policy: apply', () => {
  it('begins again where somebody wrote between its reading and its writing', async () => {
    const live = { '': [url] };
    const aws = policies(live);
    let disturbed = 0;
    const { calls, pauses, tools } = stubbedLambda((call) => {
      if (call.name === 'RemovePermissionCommand' && disturbed++ === 0)
        throw new PreconditionFailedException(said);
      return aws(call);
    });
    await resourcePolicy.apply(suspect, onlyUrl, tools);

    expect(live['']).toEqual([]);
    expect(pauses).toEqual([1000]);
    expect(calls.filter(({ name }) => name === 'GetPolicyCommand')).toHaveLength(2);
  });

  it('gives up, and says so, where it is never left alone', async () => {
    const aws = policies({ '': [url] });
    const { tools } = stubbedLambda((call) => {
      if (call.name === 'RemovePermissionCommand') throw new ResourceConflictException(said);
      return aws(call);
    });

    await expect(resourcePolicy.apply(suspect, onlyUrl, tools)).rejects.toThrow(ResourceConflictException);
  });
});

describe('the resource policy: revert', () => {
  it('adds each statement again, conditions included, and nothing else', async () => {
    const live: Record<string, Statement[]> = { '': [byAddress] };
    const { calls, tools } = stubbedLambda(policies(live));

    expect(await resourcePolicy.revert(suspect, before, tools, false)).toEqual({
      outcome: 'restored',
      detail: '2 statement(s) back: url, --partner of live',
    });
    expect(live).toEqual({ '': [byAddress, url], live: [partner] });
    await resourcePolicy.revert(suspect, before, tools, false);
    expect(calls.filter(({ name }) => name === 'AddPermissionCommand')).toHaveLength(2);
  });

  it('reads again where another change is in progress', async () => {
    const live: Record<string, Statement[]> = {};
    const aws = policies(live);
    let busy = 0;
    const { tools } = stubbedLambda((call) => {
      if (call.name === 'AddPermissionCommand' && busy++ === 0) throw new ResourceConflictException(said);
      return aws(call);
    });

    expect(await resourcePolicy.revert(suspect, onlyUrl, tools, false)).toMatchObject({
      outcome: 'restored',
    });
    expect(live['']).toEqual([url]);
  });

  it.each([
    ['a principal that is gone', new InvalidParameterValueException(said)],
    ['a policy that has grown', new PolicyLengthExceededException(said)],
    ['an account that is closed to the public', new PublicPolicyException(said)],
  ])('says that AWS refuses a statement for %s, and puts back the others', async (_why, refusal) => {
    const live: Record<string, Statement[]> = {};
    const aws = policies(live);
    const { tools } = stubbedLambda((call) => {
      if (call.name === 'AddPermissionCommand' && call.input.StatementId === 'url') throw refusal;
      return aws(call);
    });

    expect(await resourcePolicy.revert(suspect, before, tools, false)).toEqual({
      outcome: 'drift',
      detail: `url: AWS refuses to have it back (${refusal.name})`,
    });
    expect(live.live).toEqual([partner]);
  });

  it('says where AWS made another statement of it', async () => {
    const aws = policies({});
    const { tools } = stubbedLambda((call) =>
      call.name === 'AddPermissionCommand'
        ? { Statement: JSON.stringify({ ...url, Action: '*' }) }
        : aws(call),
    );

    expect(await resourcePolicy.revert(suspect, onlyUrl, tools, false)).toEqual({
      outcome: 'drift',
      detail: 'url: AWS made another statement of it than there was',
    });
  });

  it('lets every other failure fly, so that the step is tried again', async () => {
    const { tools } = stubbedLambda(() => Promise.reject(new Error('throttled')));

    await expect(resourcePolicy.revert(suspect, before, tools, false)).rejects.toThrow('throttled');
  });
});

describe('the resource policy: the way out without us', () => {
  it('adds every statement with all its conditions, each value as one word', () => {
    const all = statementOf(
      {
        StatementId: 'all',
        Action: 'lambda:InvokeFunction',
        Principal: 's3.amazonaws.com',
        SourceArn: "arn:aws:s3:::it's; rm",
        SourceAccount: '999999999999',
        EventSourceToken: 'token',
        PrincipalOrgID: 'o-a1b2c3d4e5',
        InvokedViaFunctionUrl: true,
      },
      suspect.arn,
    );
    const removed = [...before.removed, { qualifier: null, statement: all, letsIn: 'account 999999999999' }];

    expect(resourcePolicy.undo(suspect, { ...before, removed }, { denyPolicyArn: '', prefix: '' })).toEqual([
      `aws lambda add-permission --function-name ${suspect.arn} --statement-id=url --action=lambda:InvokeFunctionUrl '--principal=*' --function-url-auth-type=NONE --region eu-west-1`,
      `aws lambda add-permission --function-name ${suspect.arn} --qualifier=live --statement-id=--partner --action=lambda:InvokeFunction --principal=999999999999 --principal-org-id=o-a1b2c3d4e5 --region eu-west-1`,
      `aws lambda add-permission --function-name ${suspect.arn} --statement-id=all --action=lambda:InvokeFunction --principal=s3.amazonaws.com '--source-arn=arn:aws:s3:::it'\\''s; rm' --source-account=999999999999 --event-source-token=token --principal-org-id=o-a1b2c3d4e5 --invoked-via-function-url --region eu-west-1`,
    ]);
  });

  it('says what it would do, what puts it back, and what it leaves open', () => {
    expect(resourcePolicy.describe(suspect, before, CHOICES)).toEqual({
      does: 'remove 2 statement(s) that let others in: url (anybody, through the function URL), --partner of live (account 999999999999)',
      inverse: 'add url, --partner of live again, conditions included',
      cautions: [
        'left, as it could not be made again exactly: by-address (anybody); reserved concurrency 0 holds it',
        'a statement for a user or role that is deleted meanwhile cannot be added again',
        'what the account itself and its services may do is kept: reserved concurrency 0 holds it',
      ],
    });
  });
});
