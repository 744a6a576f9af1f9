import * as z from 'zod';
import { type Kind, resourceOf } from './abilities';

/** What one line of the role's recorded calls says (collectors/roleSessions.ts). Anything may be absent. */
const lineSchema = z.object({
  eventTime: z.string().catch(''),
  record: z
    .object({
      eventSource: z.string().catch(''),
      eventName: z.string().catch(''),
      errorCode: z.string().optional().catch(undefined),
      awsRegion: z.string().catch(''),
      recipientAccountId: z.string().catch(''),
      requestParameters: z.record(z.string(), z.json()).nullish().catch(null),
      resources: z
        .array(z.object({ ARN: z.string().optional() }))
        .nullish()
        .catch(null),
    })
    .catch({ eventSource: '', eventName: '', awsRegion: '', recipientAccountId: '' }),
});

/** A resource that the role's sessions touched. */
export type Touch = {
  readonly kind: Kind;
  /** Its ARN, or what of it could be made out. */
  readonly arn: string;
  readonly at: string;
  readonly action: string;
  /** It was tried, and AWS refused it. */
  readonly refused: boolean;
};

type Place = { readonly region: string; readonly account: string; readonly partition: string };

/** The parameter in which a call names its resource, and how that becomes an ARN: the API references of each service. */
const NAMES: Readonly<Record<string, readonly [string, Kind, (name: string, place: Place) => string][]>> = {
  secretsmanager: [
    [
      'secretId',
      'secret',
      (name, p) => `arn:${p.partition}:secretsmanager:${p.region}:${p.account}:secret:${name}`,
    ],
  ],
  ssm: [
    [
      'name',
      'parameter',
      (name, p) => `arn:${p.partition}:ssm:${p.region}:${p.account}:parameter/${name.replace(/^\//, '')}`,
    ],
    [
      'names',
      'parameter',
      (name, p) => `arn:${p.partition}:ssm:${p.region}:${p.account}:parameter/${name.replace(/^\//, '')}`,
    ],
    [
      'path',
      'parameter',
      (name, p) => `arn:${p.partition}:ssm:${p.region}:${p.account}:parameter/${name.replace(/^\//, '')}`,
    ],
  ],
  kms: [['keyId', 'key', (name, p) => `arn:${p.partition}:kms:${p.region}:${p.account}:key/${name}`]],
  dynamodb: [
    ['tableName', 'table', (name, p) => `arn:${p.partition}:dynamodb:${p.region}:${p.account}:table/${name}`],
  ],
  s3: [['bucketName', 'bucket', (name, p) => `arn:${p.partition}:s3:::${name}`]],
  sqs: [
    [
      'queueUrl',
      'queue',
      (name, p) => `arn:${p.partition}:sqs:${p.region}:${p.account}:${name.slice(name.lastIndexOf('/') + 1)}`,
    ],
  ],
  sns: [['topicArn', 'topic', (name) => name]],
  kinesis: [
    [
      'streamName',
      'stream',
      (name, p) => `arn:${p.partition}:kinesis:${p.region}:${p.account}:stream/${name}`,
    ],
  ],
  events: [
    [
      'eventBusName',
      'event bus',
      (name, p) => `arn:${p.partition}:events:${p.region}:${p.account}:event-bus/${name}`,
    ],
  ],
  lambda: [
    [
      'functionName',
      'function',
      (name, p) => `arn:${p.partition}:lambda:${p.region}:${p.account}:function:${name}`,
    ],
  ],
  sts: [['roleArn', 'role', (name) => name]],
  iam: [
    ['roleName', 'role', (name, p) => `arn:${p.partition}:iam::${p.account}:role/${name}`],
    ['userName', 'user', (name, p) => `arn:${p.partition}:iam::${p.account}:user/${name}`],
  ],
};

const textsIn = (value: unknown): readonly string[] =>
  typeof value === 'string'
    ? [value]
    : Array.isArray(value)
      ? value.filter((entry) => typeof entry === 'string')
      : [];

/** The resources that one recorded call names; none where it names none that is known here. */
export const touchesIn = (line: string, partition: string): readonly Touch[] => {
  const parsed = lineSchema.safeParse(jsonOrNull(line));
  if (!parsed.success) return [];
  const { eventTime, record } = parsed.data;
  const { eventSource, eventName, errorCode, awsRegion, recipientAccountId, requestParameters, resources } =
    record;
  const service = eventSource.replace(/\.amazonaws\.com(?:\.cn)?$/, '');
  const place = { partition, region: awsRegion, account: recipientAccountId };
  const named = (NAMES[service] ?? []).flatMap(([parameter, , arnOf]) =>
    textsIn(requestParameters?.[parameter]).map((name) =>
      name.startsWith('arn:') ? name : arnOf(name, place),
    ),
  );
  const listed = (resources ?? []).flatMap(({ ARN }) => (ARN === undefined ? [] : [ARN]));
  // What CloudTrail itself resolved goes before what the caller wrote.
  const arns = listed.some((arn) => resourceOf(arn) !== null) ? listed : named;
  return [...new Set(arns)].flatMap((arn) => {
    const resource = resourceOf(arn);
    return resource === null
      ? []
      : [
          {
            ...resource,
            at: eventTime,
            action: `${service}:${eventName}`,
            refused: errorCode !== undefined,
          },
        ];
  });
};

const jsonOrNull = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};
