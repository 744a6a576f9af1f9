import { randomBytes } from 'node:crypto';
import { PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { CreateGrantCommand, CreateKeyCommand } from '@aws-sdk/client-kms';
import { CreateBucketCommand, GetObjectCommand, PutBucketPolicyCommand } from '@aws-sdk/client-s3';
import {
  CreateSecretCommand,
  GetSecretValueCommand,
  PutResourcePolicyCommand,
} from '@aws-sdk/client-secrets-manager';
import { CreateQueueCommand } from '@aws-sdk/client-sqs';
import { PutParameterCommand } from '@aws-sdk/client-ssm';
import { until } from '../../local/until';
import type { Exposure } from '../../shared/exposure/exposure';
import { getIncident } from '../../shared/incident/store';
import { enter, incidentOf, makeFunction, report, said, type World } from './world';

const document = (...Statement: readonly object[]): string =>
  JSON.stringify({ Version: '2012-10-17', Statement });

describe('what a contained function could reach', () => {
  let world: World;
  beforeAll(async () => {
    world = await enter();
  });

  it('is an artifact of the evidence: by its role as it was before the deny, and by the policies of what it names', async () => {
    const { secrets, kms, s3, sqs, iam, ssm } = world.instance.clients;
    const id = randomBytes(4).toString('hex');
    const { ARN: secret = '' } = await secrets.send(
      new CreateSecretCommand({ Name: `exposed-${id}`, SecretString: 'a value' }),
    );
    const { ARN: shared = '' } = await secrets.send(
      new CreateSecretCommand({ Name: `shared-${id}`, SecretString: 'a value' }),
    );
    const { ARN: granted = '' } = await secrets.send(
      new CreateSecretCommand({ Name: `granted-${id}`, SecretString: 'a value' }),
    );
    await ssm.send(
      new PutParameterCommand({
        Name: `/exposed/${id}`,
        Value: 'a value',
        Type: 'SecureString',
        Tags: [{ Key: 'tourniquet:contact', Value: 'team-exposed' }],
      }),
    );
    // Without a rotation function, and a random value will do: it belongs to the function alone, so nobody is asked.
    const { ARN: random = '' } = await secrets.send(
      new CreateSecretCommand({
        Name: `random-${id}`,
        SecretString: 'the value that was read',
        Tags: [
          { Key: 'tourniquet:rotation', Value: 'generated' },
          { Key: 'tourniquet:owner', Value: `victim-${id}` },
        ],
      }),
    );
    const parameter = `arn:aws:ssm:us-east-1:000000000000:parameter/exposed/${id}`;
    const { KeyMetadata } = await kms.send(new CreateKeyCommand({}));
    const { KeyMetadata: lent } = await kms.send(new CreateKeyCommand({}));
    await s3.send(new CreateBucketCommand({ Bucket: `exposed-${id}` }));
    await sqs.send(new CreateQueueCommand({ QueueName: `exposed-${id}` }));
    const other = await makeFunction(world, {});
    const victim = await makeFunction(world, {
      name: `victim-${id}`,
      mode: 'respond',
      environment: {
        DB_SECRET_ARN: secret,
        SHARED_SECRET_NAME: `shared-${id}`,
        KEY: KeyMetadata?.Arn ?? '',
        LENT_KEY: lent?.Arn ?? '',
        BUCKET: `arn:aws:s3:::exposed-${id}`,
        QUEUE: `arn:aws:sqs:us-east-1:000000000000:exposed-${id}`,
        NEXT: other.arn,
        SIGNING: random,
        ADMIN: other.role,
      },
    });
    await iam.send(
      new PutRolePolicyCommand({
        RoleName: victim.roleName,
        PolicyName: 'reads',
        PolicyDocument: document(
          { Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource: secret },
          { Effect: 'Allow', Action: 'ssm:GetParameter', Resource: parameter },
          // Its configuration does not name this one.
          { Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource: granted },
          { Effect: 'Allow', Action: 's3:GetObject', Resource: `arn:aws:s3:::exposed-${id}/orders/*` },
          { Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: '*' },
        ),
      }),
    );
    // No policy lets it use this one: a grant does.
    await kms.send(
      new CreateGrantCommand({ KeyId: lent?.Arn, GranteePrincipal: victim.role, Operations: ['Decrypt'] }),
    );
    await secrets.send(
      new PutResourcePolicyCommand({
        SecretId: shared,
        ResourcePolicy: document({
          Effect: 'Allow',
          Action: 'secretsmanager:GetSecretValue',
          Resource: '*',
          Principal: { AWS: victim.role },
        }),
      }),
    );
    await s3.send(
      new PutBucketPolicyCommand({
        Bucket: `exposed-${id}`,
        Policy: document({
          Effect: 'Allow',
          Action: 's3:PutObject',
          Resource: `arn:aws:s3:::exposed-${id}/*`,
          Principal: { AWS: victim.role },
        }),
      }),
    );
    await report(world, victim);
    const { id: incidentId } = await incidentOf(world, victim, 'contained');
    const incident = await until('the exposure map', 60, async () => {
      const now = await getIncident(world.records, incidentId);
      return now.exposure === undefined ? null : now;
    });
    const folder = incident.evidence?.manifestKey.replace(/manifest\.json$/, '') ?? '';
    const { Body } = await s3.send(
      new GetObjectCommand({ Bucket: incident.evidence?.bucket, Key: `${folder}exposure.json` }),
    );
    const exposure = JSON.parse((await Body?.transformToString()) ?? '') as Exposure;

    expect(exposure.gaps).toEqual([]);
    const found = new Map(exposure.resources.map((one) => [one.arn, one]));
    expect(found.get(secret)).toMatchObject({
      could: ['secretsmanager:GetSecretValue'],
      namedIn: ['variable DB_SECRET_ARN'],
    });
    // By the secret's own policy alone, and known by its name alone.
    const byName = [...found.values()].find(({ arn }) => arn.endsWith(`:secret:shared-${id}`));
    expect(byName?.could).toEqual(['secretsmanager:GetSecretValue']);
    expect(found.get(`arn:aws:s3:::exposed-${id}`)?.perhaps).toEqual(['s3:GetObject', 's3:PutObject']);
    expect(found.get(other.arn)?.could).toEqual(['lambda:InvokeFunction']);
    expect(found.get(KeyMetadata?.Arn ?? '')).toMatchObject({ could: [], perhaps: [] });
    expect(found.get(lent?.Arn ?? '')).toMatchObject({ could: ['kms:Decrypt'], perhaps: [] });
    expect(found.get(other.role)).toMatchObject({ could: [], perhaps: [] });
    expect(incident.exposedSecrets).toEqual(
      expect.arrayContaining([secret, granted, expect.stringContaining(`shared-${id}`)]),
    );
    expect(incident.exposure).toContainEqual(expect.stringContaining('use every function'));
    expect(JSON.stringify(exposure)).not.toContain('a value');

    const looked = await until('what became of the exposed secrets', 60, async () => {
      const { secrets: found = [] } = await getIncident(world.records, incidentId);
      return found.some(({ secretArn }) => secretArn === granted) ? found : null;
    });
    const { tasks = {} } = await until('the tasks', 30, async () => {
      const now = await getIncident(world.records, incidentId);
      return Object.values(now.tasks ?? {}).some(({ about }) => about === parameter) ? now : null;
    });
    expect(Object.values(tasks)).toContainEqual(
      expect.objectContaining({
        about: parameter,
        contact: 'team-exposed',
        what: expect.stringContaining('is a SecureString that could be read'),
      }),
    );
    // Each once, though the configuration and the evidence both name it.
    expect(looked.map(({ secretArn }) => secretArn).toSorted()).toEqual(
      [granted, secret, shared, random].toSorted(),
    );
    expect(looked.find(({ secretArn }) => secretArn === random)?.outcome).toBe('rotated');
    const { SecretString } = await secrets.send(new GetSecretValueCommand({ SecretId: random }));
    expect(SecretString).toMatch(/^[A-Za-z0-9]{48}$/);
    await said(world, incidentId, `granted-${id}`);
  });
});
