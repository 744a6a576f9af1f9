import { createHash } from 'node:crypto';
import { matches } from '../policy/wildcard';
import { parseFunctionArn, roleNameOf } from '../suspect/functionArn';

/*
 * The inline policies that may be written into a suspect's role. Each denies and allows nothing, and is made here from
 * what it is about: nobody hands a document in. Pure.
 */

export type Statement = {
  readonly Sid: string;
  readonly Effect: 'Deny';
  readonly Action?: readonly string[];
  readonly NotAction?: readonly string[];
  readonly Resource?: string;
  readonly NotResource?: string;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
};
export type DenyDocument = { readonly Version: '2012-10-17'; readonly Statement: readonly Statement[] };

/** Where the deployment is, and what it is called: `<service>-<stage>`. */
export type Place = {
  readonly partition: string;
  readonly region: string;
  readonly accountId: string;
  readonly prefix: string;
};

/** Lambda writes these with the function's own role: denying them would lose the last evidence. */
const LOGS_AND_TRACES = [
  'logs:CreateLogStream',
  'logs:PutLogEvents',
  'xray:PutTelemetryRecords',
  'xray:PutTraceSegments',
] as const;

const heldQueues = ({ partition, region, accountId, prefix }: Place): string =>
  `arn:${partition}:sqs:${region}:${accountId}:${prefix}-held-*`;

/** The statements of the deployment's own deny policy (infrastructure/quarantine.cjs; a test holds the two together). */
export const wideDenial = (place: Place, denyLogs: boolean): DenyDocument => ({
  Version: '2012-10-17',
  Statement: [
    {
      Sid: 'TourniquetQuarantine',
      Effect: 'Deny',
      NotAction: [...(denyLogs ? [] : LOGS_AND_TRACES), 'sqs:SendMessage'],
      Resource: '*',
    },
    {
      Sid: 'TourniquetHeldQueuesOnly',
      Effect: 'Deny',
      Action: ['sqs:SendMessage'],
      NotResource: heldQueues(place),
    },
    ...(denyLogs
      ? []
      : [
          {
            Sid: 'TourniquetLogsFromLambdaOnly',
            Effect: 'Deny' as const,
            Action: [...LOGS_AND_TRACES],
            Resource: '*',
            Condition: { Null: { 'lambda:SourceFunctionArn': 'true' } },
          },
        ]),
  ],
});

/**
 * The same for what one function calls. AWS compares the key with the function's ARN; with a qualifier behind it, should
 * Lambda ever put one there, the deny must hold as well.
 */
export const scopedDenial = (place: Place, denyLogs: boolean, functionArn: string): DenyDocument => ({
  Version: '2012-10-17',
  Statement: wideDenial(place, denyLogs)
    // That calls without the key may not write logs is not about this function.
    .Statement.filter(({ Condition }) => Condition === undefined)
    .map((statement) => ({
      ...statement,
      Condition: { ArnLike: { 'lambda:SourceFunctionArn': [functionArn, `${functionArn}:*`] } },
    })),
});

/** As AWS's own AWSRevokeOlderSessions: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_revoke-sessions.html */
export const sessionsDenial = (issuedBefore: string): DenyDocument => ({
  Version: '2012-10-17',
  Statement: [
    {
      Sid: 'TourniquetOldSessions',
      Effect: 'Deny',
      Action: ['*'],
      Resource: '*',
      Condition: { DateLessThan: { 'aws:TokenIssueTime': issuedBefore } },
    },
  ],
});

/** The date of a deny of old sessions that we wrote, or null. */
export const cutoffOf = (document: unknown): string | null => {
  const statement = (document as Partial<DenyDocument> | null)?.Statement?.[0];
  const date = statement?.Condition?.DateLessThan?.['aws:TokenIssueTime'];
  return statement?.Sid === 'TourniquetOldSessions' && typeof date === 'string' ? date : null;
};

/** Roles are global: with the region in them, the names of two regions' deployments differ. */
export const policyNames = ({ prefix, region }: Pick<Place, 'prefix' | 'region'>) => ({
  wide: `${prefix}-${region}-quarantine`,
  sessions: `${prefix}-${region}-sessions`,
  scoped: (functionArn: string) =>
    `${prefix}-${region}-scoped-${createHash('sha256').update(functionArn).digest('hex').slice(0, 12)}`,
});

/** Where a suspect is, for the names and documents of its role's policies. */
export const placeOf = (functionArn: string, prefix: string): Place => {
  const { partition = '', region = '', accountId = '' } = parseFunctionArn(functionArn) ?? {};
  return { partition, region, accountId, prefix };
};

/** Whether the deployment lists a role as one into which a deny may be written. Never one of our own, of any stage. */
export const admitsInline = (roleArn: string, inlineRoles: readonly string[], prefix: string): boolean => {
  const name = roleNameOf(roleArn);
  const service = prefix.slice(0, prefix.indexOf('-'));
  return !name.startsWith(`${service}-`) && inlineRoles.some((pattern) => matches(pattern, name));
};
