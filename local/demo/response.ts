import { createHash } from 'node:crypto';
import { ListAttachedRolePoliciesCommand } from '@aws-sdk/client-iam';
import {
  GetEventSourceMappingCommand,
  GetFunctionConcurrencyCommand,
  InvokeCommand,
  TooManyRequestsException,
} from '@aws-sdk/client-lambda';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectVersionsCommand,
} from '@aws-sdk/client-s3';
import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import type { Manifest } from '../../shared/evidence/manifest';
import { buttonsOf, deskClient } from '../deskClient';
import { until } from '../until';
import { callUrl, currentVersion, readWith } from './attack';
import { check, type Step, type World } from './story';

const seconds = (since: number): string => `${((Date.now() - since) / 1000).toFixed(1)} s after the finding`;

const reserved = async ({ instance, workload }: World): Promise<number | null> =>
  (
    await instance.clients.lambda.send(
      new GetFunctionConcurrencyCommand({ FunctionName: workload.workerArn }),
    )
  ).ReservedConcurrentExecutions ?? null;

const mappingState = async ({ instance, workload }: World): Promise<string> =>
  (await instance.clients.lambda.send(new GetEventSourceMappingCommand({ UUID: workload.mappingId })))
    .State ?? '';

export const isDenied = async ({ instance }: World): Promise<boolean> => {
  const { AttachedPolicies = [] } = await instance.clients.iam.send(
    new ListAttachedRolePoliciesCommand({ RoleName: 'shop-order-worker' }),
  );
  return AttachedPolicies.some(({ PolicyArn }) => PolicyArn === instance.stack.quarantinePolicyArn);
};

const invoke = async ({ instance }: World, name: string): Promise<string> => {
  try {
    const { FunctionError, Payload } = await instance.clients.lambda.send(
      new InvokeCommand({ FunctionName: name, Payload: JSON.stringify({ requestContext: {} }) }),
    );
    return FunctionError === undefined ? 'OK' : `${FunctionError}: ${Payload?.transformToString() ?? ''}`;
  } catch (error) {
    if (error instanceof TooManyRequestsException) return 'throttled';
    throw error;
  }
};

/** Every version in the bucket under a prefix. */
export const versionsUnder = async ({ instance }: World, Prefix: string) =>
  (
    await instance.clients.s3.send(
      new ListObjectVersionsCommand({ Bucket: instance.stack.evidenceBucket, Prefix }),
    )
  ).Versions ?? [];

const readObject = async ({ instance }: World, Key: string): Promise<Buffer> => {
  const { Body } = await instance.clients.s3.send(
    new GetObjectCommand({ Bucket: instance.stack.evidenceBucket, Key }),
  );
  return Buffer.from((await Body?.transformToByteArray()) ?? []);
};

export const response: readonly Step[] = [
  {
    title: 'Contained',
    run: async (world) => {
      await until('concurrency 0', 60, async () => (await reserved(world)) === 0);
      const throttledAt = seconds(world.findingAt);
      await until('the deny on the role', 30, () => isDenied(world));
      const deniedAt = seconds(world.findingAt);
      await until('the event source off', 60, async () => (await mappingState(world)) === 'Disabled');
      const [direct, url, theft, neighbour] = await Promise.all([
        invoke(world, 'shop-order-worker'),
        callUrl(world),
        readWith(world),
        invoke(world, 'shop-invoice-mailer'),
      ]);
      return {
        checks: [
          check('reserved concurrency is 0', true, throttledAt),
          check('the deny policy is attached to its role', true, deniedAt),
          check('its event source mapping is off', true, seconds(world.findingAt)),
          check('an invocation is throttled', direct === 'throttled', direct),
          check('its function URL lets nobody in', url.status === 403 || url.status === 429, url.status),
          check('the stolen credentials are worth nothing', theft === 'AccessDeniedException', theft),
          check('its neighbour works on', neighbour === 'OK', neighbour),
        ],
      };
    },
  },
  {
    title: 'People are told, and asked',
    run: async (world) => {
      const desk = deskClient(world.instance.desk.url);
      const message = await until(
        'a message with buttons',
        30,
        async () =>
          (await desk.messages()).find(
            (entry) => entry.text.includes('shop-order-worker') && buttonsOf(entry).includes('release'),
          ) ?? null,
      );
      const incidentId = /inc-\d{8}-[0-9a-f]{12}/.exec(JSON.stringify(message.blocks))?.[0] ?? '';
      const page = await until(
        'a page',
        20,
        async () => (await desk.pagerDuty()).alerts.find(({ dedup_key }) => dedup_key === incidentId) ?? null,
      );
      return {
        adds: { incidentId, messageTs: message.ts },
        checks: [
          check(
            'Slack has the message, with its buttons',
            true,
            `${message.text}: ${buttonsOf(message).join(', ')}`,
          ),
          check('PagerDuty pages', page.status === 'triggered', `${page.status}: ${page.summary}`),
        ],
      };
    },
  },
  {
    title: 'Evidence is sealed',
    run: async (world) => {
      const prefix = `incidents/${world.incidentId}/`;
      // What vanishes first is sealed first, under a manifest of its own: it is whole when a later one has the logs.
      const entries = await until('the manifests, the logs among them', 120, async () => {
        const keys = (await versionsUnder(world, prefix)).flatMap(({ Key = '' }) =>
          Key.endsWith('/manifest.json') ? [Key] : [],
        );
        const manifests = await Promise.all(
          keys.map(async (key) => JSON.parse((await readObject(world, key)).toString('utf8')) as Manifest),
        );
        const all = manifests.flatMap((manifest) => manifest.entries);
        return all.some((entry) =>
          'artifact' in entry ? entry.artifact === 'behaviour/logs.jsonl' : entry.collector === 'logs',
        )
          ? all
          : null;
      });
      const sealed = entries.flatMap((entry) => ('artifact' in entry ? [entry] : []));
      const missing = entries.flatMap((entry) => ('missing' in entry ? [entry.missing] : []));
      const hashes = await Promise.all(
        sealed.map(
          async ({ key, sha256 }) =>
            createHash('sha256')
              .update(await readObject(world, key))
              .digest('hex') === sha256,
        ),
      );
      const code = sealed.find(({ artifact }) => artifact === 'code/package.zip');
      const logs = sealed.find(({ artifact }) => artifact === 'behaviour/logs.jsonl');
      const logText = logs === undefined ? '' : (await readObject(world, logs.key)).toString('utf8');
      const Bucket = world.instance.stack.evidenceBucket;
      const { s3 } = world.instance.clients;
      const head = await s3.send(new HeadObjectCommand({ Bucket, Key: code?.key }));
      const refusal = await s3
        .send(new DeleteObjectCommand({ Bucket, Key: code?.key, VersionId: code?.versionId ?? undefined }))
        .then(
          () => 'deleted',
          (error: Error) => error.name,
        );
      return {
        checks: [
          check(
            'nothing is missing',
            missing.length === 0,
            missing.length === 0 ? sealed.map(({ artifact }) => artifact).join(', ') : missing,
          ),
          check(
            'every artifact has the SHA-256 that the manifest names',
            hashes.every(Boolean),
            `${hashes.filter(Boolean).length} of ${hashes.length}`,
          ),
          check(
            "the package is the attacker's, byte for byte",
            code?.sha256 === world.compromised.sha256,
            code?.sha256 ?? 'none',
          ),
          check(
            'the logs with the marks are there',
            logText.includes('stratum+tcp://'),
            `${logText.split('\n').length - 1} lines`,
          ),
          check(
            'it is locked',
            head.ObjectLockMode === 'GOVERNANCE',
            `${head.ObjectLockMode} until ${head.ObjectLockRetainUntilDate?.toISOString()}`,
          ),
          check('even the administrator cannot delete it', refusal === 'AccessDenied', refusal),
        ],
      };
    },
  },
  {
    title: 'Its own secret is rotated; the shared one is a question',
    run: async (world) => {
      const { clients, desk } = world.instance;
      const { workload } = world;
      await until(
        'a new version of the payment secret',
        60,
        async () => (await currentVersion(clients, workload.paymentSecretArn)) !== world.paymentSecretVersion,
      );
      const { SecretString } = await clients.secrets.send(
        new GetSecretValueCommand({ SecretId: workload.paymentSecretArn }),
      );
      const partner = await currentVersion(clients, workload.partnerSecretArn);
      const question = await until(
        'the question',
        30,
        async () =>
          (await deskClient(desk.url).messages()).find((entry) =>
            buttonsOf(entry).includes('rotate_secret'),
          ) ?? null,
      );
      return {
        checks: [
          check(
            'the payment secret has a new value',
            SecretString !== world.paymentSecret,
            'another value is current',
          ),
          check(
            "the partner's secret, which the mailer uses too, is untouched",
            partner === world.partnerSecretVersion,
            partner,
          ),
          check('an approver is asked about it', true, `${buttonsOf(question).join(', ')} in the thread`),
        ],
      };
    },
  },
];
