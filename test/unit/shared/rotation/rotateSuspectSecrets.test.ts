import { LambdaClient } from '@aws-sdk/client-lambda';
import { ResourceNotFoundException } from '@aws-sdk/client-secrets-manager';
import fc from 'fast-check';
import { taskId } from '../../../../shared/incident/tasks';
import { CONTACT_TAG, OWNER_TAG } from '../../../../shared/rotation/ownership';
import { rotateSuspectSecrets, rotationToken } from '../../../../shared/rotation/rotateSuspectSecrets';
import type { RotationTools } from '../../../../shared/rotation/secretFacts';
import { anIncident } from '../../../fixtures/incident';
import { aSuspect } from '../../../fixtures/suspect';

const ARN = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:payments-AbCdEf';
const NOW = () => new Date('2026-11-20T10:06:00.000Z');

type Command = { readonly constructor: { readonly name: string }; readonly input: Record<string, unknown> };
type World = {
  readonly variables: Readonly<Record<string, string>>;
  /** Tags of the secrets that exist, by id. */
  readonly secrets: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Types of the parameters that exist, by name. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** Whether the secrets have a rotation function. */
  readonly rotates?: boolean;
  /** Tags of the parameters, beside whom they name for it. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Tags of the user whose access keys there are. */
  readonly user?: Readonly<Record<string, string>>;
  readonly failing?: Error;
};

const tagList = (tags: Readonly<Record<string, string>>) =>
  Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));

/** A function and its secrets, and a list of what was asked of Secrets Manager. */
const worldOf = ({
  variables,
  secrets,
  parameters = {},
  rotates = true,
  labels = {},
  user,
  failing,
}: World) => {
  const asked: string[] = [];
  const current = new Map<string, string>();
  const answers: Record<string, (input: Record<string, unknown>) => unknown> = {
    DescribeSecretCommand: ({ SecretId }) => {
      const id = String(SecretId);
      const tags = secrets[id];
      if (failing !== undefined) throw failing;
      if (tags === undefined) throw new ResourceNotFoundException({ message: `no ${id}`, $metadata: {} });
      return {
        ARN: id,
        Name: 'payments',
        Tags: tagList(tags),
        ...(rotates
          ? {
              RotationEnabled: true,
              RotationLambdaARN: 'arn:aws:lambda:eu-west-1:123456789012:function:rotate',
            }
          : {}),
        VersionIdsToStages: { [current.get(id) ?? 'old']: ['AWSCURRENT'] },
      };
    },
    GetResourcePolicyCommand: () => ({}),
    RotateSecretCommand: ({ SecretId, ClientRequestToken }) => {
      current.set(String(SecretId), String(ClientRequestToken));
      return {};
    },
    GetFunctionConfigurationCommand: () => ({ Environment: { Variables: variables } }),
    ListFunctionsCommand: () => ({ Functions: [] }),
    LookupEventsCommand: () => ({ Events: [] }),
    DescribeParametersCommand: ({ ParameterFilters }) => {
      const [{ Values = [] } = {}] = ParameterFilters as { Values?: string[] }[];
      return {
        Parameters: Object.entries(parameters)
          .filter(([name]) => Values.includes(name))
          .map(([Name, Type]) => ({ Name, Type })),
      };
    },
    ListTagsForResourceCommand: () => ({ TagList: tagList({ [CONTACT_TAG]: 'team-pay', ...labels }) }),
    GetAccessKeyLastUsedCommand: () => {
      if (user === undefined) throw Object.assign(new Error('no'), { name: 'AccessDenied' });
      return { UserName: 'build' };
    },
    ListUserTagsCommand: () => ({ Tags: tagList(user ?? {}) }),
  };
  const client = {
    send: async (command: Command) => {
      const { name } = command.constructor;
      asked.push(`${name} ${JSON.stringify(command.input)}`);
      return answers[name]?.(command.input) ?? {};
    },
  };
  const tools = {
    secrets: client,
    // The SDK's paginators take nothing but a client of its own class.
    lambda: Object.assign(new LambdaClient({ region: 'eu-west-1' }), client),
    cloudTrail: client,
    ssm: client,
    iam: client,
    pause: async () => undefined,
  };
  return { asked, tools: tools as unknown as RotationTools };
};

describe('rotationToken', () => {
  it('is what RotateSecret takes for a token, and the same for the same rotation (property)', () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(), (secretArn, containment) => {
        const token = rotationToken(anIncident({ containment }), secretArn);
        expect(token).toMatch(/^[0-9a-f]{32,64}$/);
        expect(rotationToken(anIncident({ containment }), secretArn)).toBe(token);
      }),
    );
  });

  it.each([
    ['incident', anIncident({ id: 'inc-20261121-0123456789ab' }), ARN],
    ['containment', anIncident({ containment: 2 }), ARN],
    ['secret', anIncident(), `${ARN}2`],
  ])('is another for another %s', (_what, incident, arn) => {
    expect(rotationToken(incident, arn)).not.toBe(rotationToken(anIncident(), ARN));
  });
});

describe('what only people can do', () => {
  it('is a task for whom a tag names, where a secret cannot be rotated', async () => {
    const { tools } = worldOf({
      variables: { DB: ARN },
      secrets: { [ARN]: { [CONTACT_TAG]: 'team-db' } },
      rotates: false,
    });
    const { tasks, secrets } = await rotateSuspectSecrets(anIncident(), aSuspect(), true, tools, NOW);

    expect(secrets).toMatchObject([{ outcome: 'not-rotatable' }]);
    expect(tasks).toEqual({
      [taskId(ARN)]: {
        about: ARN,
        what: expect.stringContaining('it has no rotation function'),
        contact: 'team-db',
        at: NOW().toISOString(),
      },
    });
  });

  it('is a task for every variable that holds a secret itself, with nothing of its value', async () => {
    const { tools } = worldOf({
      variables: { DB_PASSWORD: 'hunter2hunter2', URL: 'postgres://app:hunter3@db/shop', TABLE: 'orders' },
      secrets: {},
    });
    const suspect = { ...aSuspect(), tags: { [CONTACT_TAG]: 'team-shop' } };
    const { tasks } = await rotateSuspectSecrets(anIncident(), suspect, true, tools, NOW);

    expect(Object.values(tasks).map(({ about, contact }) => [about, contact])).toEqual([
      [`${suspect.arn} DB_PASSWORD`, 'team-shop'],
      [`${suspect.arn} URL`, 'team-shop'],
    ]);
    expect(JSON.stringify(tasks)).not.toContain('hunter');
  });

  it('is a task for every SecureString that it could read, for one that nothing is known of, and for no other parameter', async () => {
    const at = (account: string, name: string) => `arn:aws:ssm:eu-west-1:${account}:parameter/${name}`;
    const exposedParameters = [
      at('123456789012', 'shop/key'),
      at('123456789012', 'plain'),
      at('999999999999', 'theirs'),
    ];
    const { tools } = worldOf({
      variables: {},
      secrets: {},
      parameters: { '/shop/key': 'SecureString', plain: 'String' },
    });
    const { tasks } = await rotateSuspectSecrets(
      anIncident({ exposedParameters }),
      aSuspect(),
      true,
      tools,
      NOW,
      'exposed',
    );

    expect(Object.values(tasks).map(({ about, contact }) => [about, contact])).toEqual([
      [exposedParameters[0], 'team-pay'],
      [exposedParameters[2], null],
    ]);
  });
});

describe('what is replaced when an approver says so, and never before', () => {
  const PARAMETER = 'arn:aws:ssm:eu-west-1:123456789012:parameter/shop/key';
  const KEY = 'AKIAIOSFODNN7EXAMPLE';

  it('is a SecureString whose tag says that any random value will do', async () => {
    const { tools, asked } = worldOf({
      variables: {},
      secrets: {},
      parameters: { '/shop/key': 'SecureString' },
      labels: { 'tourniquet:rotation': 'generated' },
    });
    const incident = anIncident({ exposedParameters: [PARAMETER] });
    const { questions, tasks } = await rotateSuspectSecrets(
      incident,
      aSuspect(),
      true,
      tools,
      NOW,
      'exposed',
    );

    expect(questions).toMatchObject([{ secretArn: PARAMETER }]);
    expect(tasks).toEqual({});
    expect(asked.some((call) => call.startsWith('PutParameter'))).toBe(false);
  });

  it('is an access key in a variable, whose user is tagged for it; the variable stays a task', async () => {
    const { tools, asked } = worldOf({
      variables: { AWS_KEY: KEY },
      secrets: {},
      user: { 'tourniquet:rotation': 'deactivate', [CONTACT_TAG]: 'team-build' },
    });
    const { questions, tasks } = await rotateSuspectSecrets(anIncident(), aSuspect(), true, tools, NOW);

    expect(questions).toMatchObject([
      { secretArn: `the access key ${KEY}`, why: expect.stringContaining("build's") },
    ]);
    expect(Object.values(tasks)).toMatchObject([{ contact: 'team-build' }]);
    expect(asked.some((call) => call.startsWith('UpdateAccessKey'))).toBe(false);
  });

  it.each([
    ['is not tagged', {}],
    ['is in another account', undefined],
  ])('is no access key whose user %s: that is a task', async (_why, user) => {
    const { tools } = worldOf({ variables: { AWS_KEY: KEY }, secrets: {}, user });
    const { questions, tasks } = await rotateSuspectSecrets(anIncident(), aSuspect(), true, tools, NOW);

    expect(questions).toEqual([]);
    expect(Object.values(tasks)).toHaveLength(1);
  });
});

describe('rotateSuspectSecrets', () => {
  it('rotates once what belongs to the suspect alone', async () => {
    const { asked, tools } = worldOf({
      variables: { DB: ARN },
      secrets: { [ARN]: { [OWNER_TAG]: 'order-worker' } },
    });
    const first = await rotateSuspectSecrets(anIncident(), aSuspect(), true, tools, NOW);
    await rotateSuspectSecrets(anIncident(), aSuspect(), true, tools, NOW);

    expect(first).toMatchObject({ secrets: [{ secretArn: ARN, outcome: 'rotated' }], questions: [] });
    // Twice, since nobody says whether two users alternate; and no more than that when the step runs again.
    expect(asked.filter((call) => call.startsWith('RotateSecretCommand'))).toHaveLength(2);
  });

  it.each([
    ['it has no tag', {}, true],
    ['the role is not denied', { [OWNER_TAG]: 'order-worker' }, false],
  ])('makes a question of a secret when %s, and rotates nothing', async (_why, tags, denied) => {
    const { asked, tools } = worldOf({
      variables: { DB: ARN },
      secrets: { [ARN]: tags as Record<string, string> },
    });
    const { secrets, questions } = await rotateSuspectSecrets(anIncident(), aSuspect(), denied, tools, NOW);

    expect(secrets).toMatchObject([{ outcome: 'asked' }]);
    expect(questions).toMatchObject([{ id: expect.stringMatching(/^[0-9a-f]{1,12}$/), secretArn: ARN }]);
    expect(asked.some((call) => call.startsWith('RotateSecretCommand'))).toBe(false);
  });

  it.each([
    ['holds the secret itself', { CLIENT_SECRET: 'hunter2' }, undefined],
    ['is said to name a secret and holds one', { CLIENT_SECRET_NAME: 'hunter2' }, undefined],
    ['is said to name a secret and cannot be looked up', { SECRET_ID: 'hunter2' }, new Error('no access')],
  ])('shows no value of a variable that %s', async (_why, variables, failing) => {
    const { tools } = worldOf({ variables: variables as Record<string, string>, secrets: {}, failing });
    const result = await rotateSuspectSecrets(anIncident(), aSuspect(), true, tools, NOW);

    expect(JSON.stringify(result)).not.toContain('hunter2');
  });

  it('never asks for a value', async () => {
    const { asked, tools } = worldOf({ variables: { DB: ARN }, secrets: { [ARN]: {} } });
    await rotateSuspectSecrets(anIncident(), aSuspect(), true, tools, NOW);

    expect(asked.some((call) => call.includes('SecretValue'))).toBe(false);
  });

  it('says what failed, and goes on with the next', async () => {
    const { tools } = worldOf({
      variables: { A: `${ARN}a`, B: `${ARN}b` },
      secrets: {},
      failing: new Error('throttled'),
    });
    const { secrets } = await rotateSuspectSecrets(anIncident(), aSuspect(), true, tools, NOW);

    expect(secrets.map(({ outcome }) => outcome)).toEqual(['failed', 'failed']);
    expect(secrets[0]?.detail).toContain('throttled');
  });
});
