import { covers, openVariables } from './glob';
import { readPolicy, type Statement } from './statement';

/*
 * What a role's policies could be cut down to, from what its sessions were seen to do. A proposal for people: it is
 * never applied. It takes away and never gives: each of its statements is one that was there, with fewer actions or
 * resources.
 */

/** An action that succeeded, and what it was on; no ARNs where the record does not say. */
export type Used = { readonly action: string; readonly arns: readonly string[] };

export type RolePolicy = { readonly name: string; readonly document: unknown };

export type Proposal = {
  readonly name: string;
  readonly before: unknown;
  /** Null: nothing of it was seen used, and nothing of it is kept for another reason. */
  readonly after: unknown | null;
  /** What of it is kept although nobody can see whether it is used, or could not be looked into. */
  readonly kept: readonly string[];
};

/**
 * Services all of whose calls CloudTrail keeps as management events, which its event history has. Of others, calls may
 * be data events, which the history never has (CloudTrail user guide, "Logging data events"): they are left as they are.
 */
const RECORDED: readonly string[] = [
  'account',
  'cloudformation',
  'cloudtrail',
  'codebuild',
  'codedeploy',
  'config',
  'ec2',
  'ecr',
  'guardduty',
  'iam',
  'organizations',
  'rds',
  'secretsmanager',
  'securityhub',
  'ssm',
  'sts',
];

/** What stands for `*`: services that functions use by calls that are not in the history. */
const UNSEEN: readonly string[] = [
  'cloudwatch',
  'dynamodb',
  'events',
  'execute-api',
  'firehose',
  'kinesis',
  'kms',
  'lambda',
  'logs',
  's3',
  'ses',
  'sns',
  'sqs',
  'states',
  'xray',
];

/** Lambda makes a function's network interfaces with its role, when it is deployed (developer guide, "VPC"). */
const NETWORK: readonly string[] = [
  'ec2:CreateNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:DeleteNetworkInterface',
  'ec2:AssignPrivateIpAddresses',
  'ec2:UnassignPrivateIpAddresses',
];

/** Calls that ask for another permission beside their own (Secrets Manager API reference, BatchGetSecretValue). */
const ASKS_FOR: Readonly<Record<string, string>> = {
  'secretsmanager:BatchGetSecretValue': 'secretsmanager:GetSecretValue',
};

/** Asked for by other calls, and no call: no event shows it (IAM user guide, "Granting a user permissions to pass a role"). */
const PASS_ROLE = 'iam:PassRole';

/** On what these were is a path, which policies name in several ways (Systems Manager user guide, "Parameter Store access"). */
const BY_PATH: readonly string[] = ['ssm:GetParametersByPath'];

type Cut = { readonly statements: readonly unknown[]; readonly kept: readonly string[] };

const fits = (pattern: string, action: string): boolean =>
  covers(pattern.toLowerCase(), action.toLowerCase());

/** The ARNs as a policy names them, of those that the statement is about; of a secret, with any end of its ARN. */
const within = (arns: readonly string[], { Resource = [] }: Statement): readonly string[] =>
  arns
    .flatMap((arn) => (arn.includes(':secret:') ? [arn, `${arn}-??????`] : [arn]))
    .filter((arn) => Resource.some((pattern) => covers(openVariables(pattern), arn)));

/** What stays of one action of a statement: as it is, or cut down to actions that were used. */
const cutAction = (pattern: string, used: readonly Used[]) => {
  const service = pattern.split(':')[0] ?? '';
  if (pattern === '*')
    return {
      kept: UNSEEN.map((name) => `${name}:*`),
      network: NETWORK,
      used: used.filter(({ action }) => !UNSEEN.includes(action.split(':')[0] ?? '')),
    };
  if (!RECORDED.includes(service.toLowerCase())) return { kept: [pattern], network: [], used: [] };
  return {
    kept: fits(pattern, PASS_ROLE) ? [PASS_ROLE] : [],
    network: NETWORK.filter((action) => fits(pattern, action)),
    used: used.filter(({ action }) => fits(pattern, action)),
  };
};

const cutAllow = (raw: object, statement: Statement, used: readonly Used[]): Cut => {
  const { Action = [] } = statement;
  const cuts = Action.map((pattern) => cutAction(pattern, used));
  const kept = cuts.flatMap((one) => one.kept);
  const whole = [...cuts.flatMap(({ network }) => network)];
  const narrowed = new Map<
    string,
    { readonly resources: readonly string[]; readonly actions: Set<string> }
  >();
  for (const { action, arns } of cuts.flatMap((one) => one.used)) {
    const resources = within(arns, statement);
    // On what it was is not known: all that the statement is about.
    if (arns.length === 0) whole.push(action);
    else if (resources.length > 0) {
      const key = resources.join(' ');
      const actions = narrowed.get(key)?.actions ?? new Set();
      narrowed.set(key, { resources, actions: actions.add(action) });
    }
  }
  const asIs = [...new Set([...kept, ...whole])];
  const { Sid: _, ...unnamed } = raw as { readonly Sid?: unknown };
  const parts = [
    ...(asIs.length === 0 ? [] : [{ ...unnamed, Action: asIs }]),
    ...[...narrowed.values()].map(({ resources, actions }) => ({
      ...unnamed,
      Action: [...actions].filter((action) => !asIs.includes(action)),
      Resource: resources,
    })),
  ].filter((part) => part.Action.length > 0);
  const isSame = asIs.length === Action.length && Action.every((action) => asIs.includes(action));
  return {
    // Two statements of one policy cannot have one name.
    statements: isSame ? [raw] : parts.length === 1 ? [{ ...raw, ...parts[0] }] : parts,
    kept,
  };
};

const cutStatement = (raw: unknown, used: readonly Used[]): Cut => {
  if (typeof raw !== 'object' || raw === null) return { statements: [raw], kept: ['what is no statement'] };
  try {
    const [statement] = readPolicy({ Statement: [raw] });
    if (statement === undefined || statement.Effect === 'Deny') return { statements: [raw], kept: [] };
    if (statement.Action === undefined || statement.Resource === undefined)
      return { statements: [raw], kept: ['a statement with NotAction or NotResource: look at it by hand'] };
    return cutAllow(raw, statement, used);
  } catch {
    return { statements: [raw], kept: ['a statement that is not understood here'] };
  }
};

const allowsIn = (document: unknown): readonly Statement[] => {
  try {
    return readPolicy(document).filter(({ Effect }) => Effect === 'Allow');
  } catch {
    return [];
  }
};

/** With what each call asks for beside; where no policy names what it was on, that was under another name and is not known. */
const known = (used: readonly Used[], allows: readonly Statement[]): readonly Used[] =>
  used.flatMap((one) => {
    const isNamed = one.arns.every((arn) =>
      allows.some(
        (statement) =>
          (statement.Action ?? []).some((pattern) => fits(pattern, one.action)) &&
          within([arn], statement).length > 0,
      ),
    );
    const asked = ASKS_FOR[one.action];
    return [
      isNamed && !BY_PATH.includes(one.action) ? one : { ...one, arns: [] },
      ...(asked === undefined ? [] : [{ action: asked, arns: [] }]),
    ];
  });

/** Each policy of a role as it could be. What it does not change is given as it is. Pure. */
export const tighten = (policies: readonly RolePolicy[], seen: readonly Used[]): readonly Proposal[] => {
  const used = known(
    seen,
    policies.flatMap(({ document }) => allowsIn(document)),
  );
  return policies.map(({ name, document }) => {
    const { Statement: statements } = (document ?? {}) as { readonly Statement?: unknown };
    if (statements === undefined)
      return { name, before: document, after: document, kept: ['a document that is not understood here'] };
    const cuts = [statements].flat().map((raw) => cutStatement(raw, used));
    const left = cuts.flatMap((cut) => cut.statements);
    return {
      name,
      before: document,
      after: left.length === 0 ? null : { ...(document as object), Statement: left },
      kept: [...new Set(cuts.flatMap(({ kept }) => kept))],
    };
  });
};

/** What such a proposal cannot know: said wherever one is shown. */
export const CANNOT_SEE: readonly string[] = [
  'Calls before 90 days ago, and calls that are rare: a job of every quarter, a way out of an error',
  'Data events (objects, items, messages, invocations) and services that write no event: what it allows of them is kept as it is',
  'Logs and traces, which CloudTrail does not show: kept as they are',
  'What Lambda itself does with the role: network interfaces are kept, and so is whatever it polls',
  'iam:PassRole, which is no call: kept where a policy names actions of IAM, and taken out of *',
  'Permissions that one call asks for beside its own: try it in staging before it is used',
];
