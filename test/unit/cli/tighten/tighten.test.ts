import type { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { IAMClient } from '@aws-sdk/client-iam';
import { NoRoleError, type TightenTools, tightenedOf } from '../../../../cli/tighten/command';
import { tightenedPage } from '../../../../cli/tighten/page';
import { anIncident } from '../../../fixtures/incident';

const ROLE = 'arn:aws:iam::123456789012:role/order-worker';
const SECRET = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:orders/db-AbCdEf';
const ADMIN = 'arn:aws:iam::aws:policy/Admin\u001b[2J';

const policy = (...Action: readonly string[]): string =>
  encodeURIComponent(JSON.stringify({ Statement: [{ Effect: 'Allow', Action, Resource: '*' }] }));

/** IAM's answers, by the name of the command. */
const ANSWERS: Readonly<Record<string, unknown>> = {
  GetRoleCommand: { Role: { AssumeRolePolicyDocument: policy('sts:AssumeRole') } },
  ListRolePoliciesCommand: { PolicyNames: ['work', 'tourniquet-deny'] },
  GetRolePolicyCommand: { PolicyDocument: policy('secretsmanager:*', 'sts:*', 's3:*') },
  ListAttachedRolePoliciesCommand: { AttachedPolicies: [{ PolicyName: 'Admin', PolicyArn: ADMIN }] },
  GetPolicyCommand: { Policy: { DefaultVersionId: 'v1' } },
  GetPolicyVersionCommand: { PolicyVersion: { Document: policy('organizations:*') } },
};

const event = (changes: object) => ({
  EventId: Math.random().toString(36),
  EventTime: new Date('2026-11-10T10:00:00Z'),
  CloudTrailEvent: JSON.stringify({
    eventSource: 'secretsmanager.amazonaws.com',
    eventName: 'GetSecretValue',
    awsRegion: 'eu-west-1',
    recipientAccountId: '123456789012',
    requestParameters: { secretId: SECRET },
    userIdentity: { type: 'AssumedRole', sessionContext: { sessionIssuer: { arn: ROLE } } },
    ...changes,
  }),
});

const asked: { readonly Username: unknown; readonly end: Date | undefined }[] = [];
type LookUp = {
  readonly input: { readonly LookupAttributes?: { AttributeValue?: string }[]; readonly EndTime?: Date };
};
const toolsWith = (events: readonly object[]): TightenTools => ({
  records: { now: () => new Date('2026-11-20T12:00:00Z') } as TightenTools['records'],
  // A real one, as paginators ask for: only what it sends is answered here.
  iam: Object.assign(new IAMClient({ region: 'eu-west-1' }), {
    send: async (command: object) => ANSWERS[command.constructor.name],
  }),
  cloudTrailIn: () =>
    ({
      send: async ({ input }: LookUp) => {
        asked.push({ Username: input.LookupAttributes?.[0]?.AttributeValue, end: input.EndTime });
        return { Events: events };
      },
    }) as unknown as CloudTrailClient,
  ours: 'tourniquet-',
});

describe('tourniquet tighten', () => {
  it('offers what each policy could be, by what its sessions did before the first sign, and changes nothing', async () => {
    const { proposals } = await tightenedOf(
      anIncident({ siblings: ['sibling'] }),
      90,
      toolsWith([
        event({}),
        event({ eventSource: 'iam.amazonaws.com', eventName: 'CreateUser', errorCode: 'AccessDenied' }),
        event({
          eventSource: 'iam.amazonaws.com',
          eventName: 'CreateRole',
          userIdentity: { sessionContext: { sessionIssuer: { arn: `${ROLE}-of-another` } } },
        }),
      ]),
    );
    expect(proposals.map(({ name, after }) => [name, after])).toEqual([
      [
        'policy work of the role',
        {
          Statement: [
            { Effect: 'Allow', Action: ['s3:*'], Resource: '*' },
            {
              Effect: 'Allow',
              Action: ['secretsmanager:GetSecretValue'],
              Resource: [expect.stringContaining('secret:orders/db'), expect.stringContaining('-??????')],
            },
          ],
        },
      ],
      [`policy ${ADMIN} of the role`, null],
    ]);
    expect(new Set(asked.map(({ Username }) => Username))).toEqual(new Set(['order-worker', 'sibling']));
    // The first sign: what came after it may be the intruder's.
    expect(asked.every(({ end }) => end?.toISOString() === '2026-11-20T09:58:00.000Z')).toBe(true);
  });

  it('proposes nothing where nothing is recorded, and says so', async () => {
    const tightened = await tightenedOf(anIncident(), 90, toolsWith([]));
    expect(tightened.proposals).toEqual([]);
    expect(tightenedPage(tightened)).toContain('NOTHING that its sessions did is recorded');
  });

  it('says what it cannot see; names are told tamely', async () => {
    const tightened = await tightenedOf(anIncident(), 90, toolsWith([event({})]));
    const page = tightenedPage(tightened);
    expect(page).toContain('Data events');
    expect(page).toMatch(/^- +"sts:\*"/m);
    expect(page).toContain('kept as it is: s3:*');
    expect(page).not.toContain('\u001b[2J');
  });

  it('is of an incident with a role alone', async () => {
    await expect(tightenedOf(anIncident({ roleArn: null }), 90, toolsWith([]))).rejects.toThrow(NoRoleError);
  });
});
