import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DEPENDANT_KINDS } from '../shared/policy/dependants';
import { rolesOf } from './fixtures/deployedRoles';

/*
 * Least privilege, held by use: the local AWS notes which permission each role of the deployment used in a whole run of
 * the tests, and for want of which it was refused something. A permission that nothing used goes, or stands in
 * NOT_EVALUATED with the reason; one that is taken away is refused the next time, and that fails the run too.
 */

const RUNTIME = 'Lambda asks for it when it writes the log of a function; the local AWS does not';
const ENCRYPTION = 'S3 and SNS ask for it when they encrypt for the caller; the local AWS does not';
const BESIDE = 'another call asks for it beside its own permission; the local AWS does not';
const SEALERS = ['driftWatch', 'gatherEvidence', 'investigate', 'search', 'postMortem'];

/** The permissions that a run cannot use here, with the roles that have them, and why. */
export const NOT_EVALUATED: Readonly<
  Record<string, { readonly roles: 'all' | readonly string[]; readonly because: string }>
> = {
  'logs:CreateLogStream': { roles: 'all', because: RUNTIME },
  'logs:PutLogEvents': { roles: 'all', because: RUNTIME },
  'kms:GenerateDataKey': { roles: [...SEALERS, 'announce'], because: ENCRYPTION },
  'kms:Decrypt': { roles: [...SEALERS, 'announce'], because: ENCRYPTION },
  's3:PutObjectRetention': { roles: SEALERS, because: BESIDE },
  's3:PutObjectTagging': { roles: SEALERS, because: BESIDE },
  's3:AbortMultipartUpload': { roles: SEALERS, because: 'only an upload that breaks off asks for it' },
  'lambda:ListTags': {
    roles: [
      'assess',
      'plan',
      'contain',
      'driftWatch',
      'recycle',
      'gatherEvidence',
      'investigate',
      'rotateSecrets',
      'verify',
    ],
    because: BESIDE,
  },
  'lambda:TagResource': { roles: ['drill'], because: BESIDE },
  'ec2:CreateTags': { roles: ['dependants'], because: BESIDE },
  'iam:PassRole': { roles: ['drill'], because: BESIDE },
  'sqs:TagQueue': { roles: ['contain', 'driftWatch'], because: BESIDE },
  'lambda:GetFunctionScalingConfig': {
    roles: ['gatherEvidence'],
    because: 'asked of a function on managed instances; tested under contain',
  },
  'lambda:GetProvisionedConcurrencyConfig': {
    roles: ['contain', 'driftWatch', 'release'],
    because: BESIDE,
  },
  'lambda:PutProvisionedConcurrencyConfig': { roles: ['contain', 'driftWatch'], because: BESIDE },
  'lambda:InvokeFunction': {
    roles: ['rotateSecrets', 'dependants', 'investigate'],
    because:
      'Secrets Manager asks for it when it starts a rotation, the local AWS does not; the function for databases is played by the test of the cut; investigate wakes the drift watch only where an approver was faster than the evidence',
  },
  'lambda:GetDurableExecution': {
    roles: ['contain', 'driftWatch'],
    because: 'asked where an execution ends between being listed and being paused; tested without a role',
  },
  'lambda:ListFunctions': {
    roles: ['driftWatch'],
    because: 'asked where the deny of a role could not be put on at containment; tested under contain',
  },
  'iam:GetRolePolicy': {
    roles: ['driftWatch'],
    because: 'asked of a role that was denied inline; tested under contain',
  },
  'kinesis:DescribeStreamSummary': {
    roles: ['plan', 'driftWatch'],
    because: 'tested with answers in the shape of AWS',
  },
  'states:StartExecution': {
    roles: ['driftWatch'],
    because: 'what the stop of an execution starts at once (resume), tried again; tested under resume',
  },
  'lambda:GetCodeSigningConfig': {
    roles: ['gatherEvidence'],
    because: 'tested with answers in the shape of AWS',
  },
  'inspector2:ListFindings': {
    roles: ['gatherEvidence'],
    because: 'no emulator has it; tested with requests and answers in the shape of AWS',
  },
  'inspector2:ListCoverage': {
    roles: ['gatherEvidence'],
    because: 'no emulator has it; tested with requests and answers in the shape of AWS',
  },
  'securityhub:BatchUpdateFindings': {
    roles: ['announce'],
    because: 'no emulator has it; tested with requests and answers in the shape of AWS',
  },
  'dynamodb:UpdateItem': {
    roles: ['awaitDecision'],
    because: 'asked where a release died without a word; tested without a role',
  },
};

/** The roles in which AWS's own services act; the local AWS does not ask what they may. */
const OF_AWS: readonly string[] = ['stateMachine', 'startIncident'];

export type Permission = { readonly role: string; readonly action: string };

/** Every permission that a role of a function has, whatever the stage's parameters. */
export const granted = (): readonly Permission[] =>
  Object.values(
    rolesOf('tourniquet', 'tourniquet', {
      inlineRoles: ['*'],
      narrowTrust: true,
      aliasSessions: 'publish',
      trail: 'create',
      drillSchedule: 'rate(7 days)',
      dependants: DEPENDANT_KINDS,
      searchCode: true,
      advisories: 'inspector',
    }).Resources,
  ).flatMap(({ Properties: { RoleName, Policies } }) => {
    const role = RoleName.replace('tourniquet-', '');
    const actions = Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement)
      .filter(({ Effect }) => Effect === 'Allow')
      .flatMap(({ Action }) => Action);
    return OF_AWS.includes(role) ? [] : [...new Set(actions)].map((action) => ({ role, action }));
  });

/** What a run of the tests noted, as `used` and `refused`, each `role action`. */
export const readUses = async (
  directory: string,
): Promise<{ readonly used: ReadonlySet<string>; readonly refused: ReadonlySet<string> }> => {
  const texts = await Promise.all(
    (await readdir(directory)).map((file) => readFile(join(directory, file), 'utf8')),
  );
  // `<decision> <prefix>-<stage>-<region>-<role> <action>`; other roles are those of functions under test.
  const notes = texts.flatMap((text) => [...text.matchAll(/^(\w+) tourniquet-\w+-us-east-1-(\w+) (\S+)$/gm)]);
  const of = (decision: string) =>
    new Set(notes.filter(([, what]) => what === decision).map(([, , role, action]) => `${role} ${action}`));
  return { used: of('Allow'), refused: of('ImplicitDeny') };
};

export const isExcused = ({ role, action }: Permission): boolean => {
  const roles = NOT_EVALUATED[action]?.roles ?? [];
  return roles === 'all' || roles.includes(role);
};

/** What is wrong with the roles after a whole run: permissions that nothing used, and such as are wanting. */
export const defectsOf = (
  permissions: readonly Permission[],
  { used, refused }: Awaited<ReturnType<typeof readUses>>,
): readonly string[] => {
  const named = new Set(permissions.map(({ role, action }) => `${role} ${action}`));
  return [
    ...permissions
      .filter((permission) => !used.has(`${permission.role} ${permission.action}`) && !isExcused(permission))
      .map(({ role, action }) => `${role} has ${action}, which no test uses`),
    ...[...refused]
      .filter((pair) => !named.has(pair))
      .map((pair) => `${pair.replace(' ', ' was refused ')}, which it does not have`),
  ];
};
