import * as z from 'zod';
import { resourceOf } from '../exposure/abilities';
import type { Could } from '../exposure/could';
import { type Touch, touchesIn } from '../exposure/did';
import { type Exposure, exposureOf } from '../exposure/exposure';
import { grantSchema, grantsNotKnown, statementsOfGrants } from '../exposure/grants';
import { readPolicy, type Statement } from '../exposure/statement';
import type { Incident } from '../incident/incident';

/** What of the evidence the exposure is made from, as texts; null where it was not gathered. */
export type ExposureEvidence = {
  /** `identity/role.json` */
  readonly role: string | null;
  /** `identity/targets.json` */
  readonly targets: string | null;
  /** Lines of `behaviour/role-sessions.jsonl`. */
  readonly sessions: AsyncIterable<string> | null;
  /** ARNs that the package names, with the entry. */
  readonly code: readonly { readonly arn: string; readonly entry: string }[];
};

const NO_ROLE = 'the role and its policies were not gathered: what it could reach is not known';
const NO_SESSIONS = 'the calls of its sessions were not gathered: what it did is not known';

const policy = z.object({
  PolicyName: z.string().nullish(),
  PolicyArn: z.string().nullish(),
  PolicyDocument: z.unknown(),
});
const roleSchema = z.object({
  role: z.object({ Arn: z.string() }),
  boundary: policy.nullable(),
  inline: z.array(policy).nullable(),
  attached: z.array(policy).nullable(),
});
const targetsSchema = z.object({
  targets: z.array(
    z.object({
      arn: z.string(),
      variables: z.array(z.string()),
      policy: z.string().nullable(),
      // Of keys alone; null where they could not be listed.
      grants: z.array(grantSchema).nullish(),
    }),
  ),
});

/** More than that are counted, not kept. */
const MOST_TOUCHES = 20_000;

/**
 * Makes the exposure map of one suspect from its sealed evidence. `isOurs` tells our own denies, which are on the role
 * while it is contained: what counts is what it could do before that. What could not be read is a gap, and never a
 * "could not".
 */
export const readExposure = async (
  incident: Incident,
  { role, targets, sessions, code }: ExposureEvidence,
  isOurs: (policy: { readonly name: string; readonly arn: string }) => boolean,
): Promise<Exposure> => {
  const gaps: string[] = [];
  const named = new Map<string, readonly string[]>();
  const policies = new Map<string, readonly Statement[]>();
  const note = (arn: string, where: string) => named.set(arn, [...(named.get(arn) ?? []), where]);
  const statementsOf = (what: string, document: unknown): readonly Statement[] => {
    try {
      return readPolicy(document);
    } catch {
      gaps.push(`${what} could not be read: what it allows is not in here`);
      return [];
    }
  };
  const readRole = () => {
    const parsed = role === null ? null : roleSchema.safeParse(JSON.parse(role));
    if (parsed?.success !== true) {
      gaps.push(NO_ROLE);
      return { roleArn: incident.roleArn ?? '', identity: [], boundary: null };
    }
    const { inline, attached, boundary } = parsed.data;
    if (inline === null || attached === null)
      gaps.push('some policies of the role could not be listed: it could reach more than this');
    const identity = [...(inline ?? []), ...(attached ?? [])]
      .filter(({ PolicyName, PolicyArn }) => !isOurs({ name: PolicyName ?? '', arn: PolicyArn ?? '' }))
      .flatMap(({ PolicyName, PolicyArn, PolicyDocument }) =>
        statementsOf(`the policy ${PolicyName ?? PolicyArn ?? ''}`, PolicyDocument),
      );
    return {
      roleArn: parsed.data.role.Arn,
      identity,
      // A boundary that cannot be read is taken to admit everything.
      boundary:
        boundary === null || boundary.PolicyDocument === null
          ? null
          : statementsOf('the permissions boundary', boundary.PolicyDocument),
    };
  };
  const known = readRole();
  const found = targets === null ? null : targetsSchema.safeParse(JSON.parse(targets));
  if (found?.success !== true) gaps.push('what the configuration names was not gathered');
  else
    for (const { arn, variables, policy: text, grants } of found.data.targets) {
      for (const variable of variables) note(arn, `variable ${variable}`);
      if (text === null) continue;
      const granted = grants === null ? [grantsNotKnown(known.roleArn)] : statementsOfGrants(grants ?? []);
      policies.set(arn, [...statementsOf(`the policy of ${arn}`, text), ...granted]);
    }
  for (const { arn, entry } of code) note(arn, entry);
  const touches: Touch[] = [];
  const partition = known.roleArn.split(':')[1] ?? 'aws';
  if (sessions === null) gaps.push(NO_SESSIONS);
  else
    for await (const line of sessions) {
      touches.push(...touchesIn(line, partition));
      if (touches.length <= MOST_TOUCHES) continue;
      gaps.push(`its sessions did more than the first ${MOST_TOUCHES} calls`);
      break;
    }
  const unreadBoundary = gaps.some((gap) => gap.startsWith('the permissions boundary'));
  return exposureOf({
    role: unreadBoundary ? { ...known, boundary: null } : known,
    touches,
    named: new Map([...named].filter(([arn]) => resourceOf(arn) !== null)),
    policies,
    since: firstSign(incident),
    gaps,
  });
};

const firstSign = ({ witnesses, openedAt }: Incident): string =>
  Object.values(witnesses)
    .map(({ firstSeen }) => firstSeen)
    .toSorted()[0] ?? openedAt;

const few = (lines: readonly string[], most: number): readonly string[] => [
  ...lines.slice(0, most),
  ...(lines.length > most ? [`and ${lines.length - most} more: exposure.json of the evidence`] : []),
];

/** One kind, all of it. */
const sayWide = ({ kind, does, verdict, butFor }: Could): string =>
  `${does.join(', ')} every ${kind}${butFor.length === 0 ? '' : ` but ${few(butFor, 3).join(', ')}`}${verdict === 'if' ? ' (under conditions)' : ''}`;

/** Whether the evidence has nothing to tell by what it could read, or what it did read. */
export const isBlind = ({ gaps }: Pick<Exposure, 'gaps'>): boolean =>
  gaps.includes(NO_ROLE) || gaps.includes(NO_SESSIONS);

/** The exposure in sentences, for people. Names in it are the suspect's own. */
export const sayExposure = ({ could, escalations, resources, gaps }: Exposure): readonly string[] => {
  const wide = could.filter(({ pattern }) => pattern === '*');
  return [
    ...(escalations.length === 0
      ? []
      : [`It could give itself more (${few(escalations, 3).join(', ')}): the rest is no bound`]),
    ...few(
      resources
        .filter(({ did, tried }) => did + tried > 0)
        .map(
          ({ kind, arn, did, tried, unusual }) =>
            `Did${unusual ? ', and not before the first sign' : ''}: ${kind} ${arn}, ${did} call(s)${tried === 0 ? '' : `, ${tried} refused`}`,
        ),
      10,
    ),
    ...few(
      resources
        .filter((one) => one.did + one.tried === 0 && one.could.length + one.perhaps.length > 0)
        .map(
          ({ kind, arn, could: sure }) =>
            `Could${sure.length === 0 ? ', under conditions' : ''}: ${kind} ${arn}`,
        ),
      10,
    ),
    ...(wide.length === 0 ? [] : [`Could, of all there is: ${wide.map(sayWide).join('; ')}`]),
    ...gaps.map((gap) => `Not known: ${gap}`),
  ];
};

/** A record is no place for thousands. */
const MOST_SECRETS = 50;

const READS = {
  secret: /^secretsmanager:(?:Batch)?GetSecretValue$/,
  parameter: /^ssm:GetParameter/,
} as const;

/** Secrets, or parameters, that are known by name and that it read, or could have read: the worst first. */
export const exposedOfKind = ({ resources }: Exposure, wanted: keyof typeof READS): readonly string[] =>
  resources
    .filter(
      ({ kind, did, could, perhaps }) =>
        kind === wanted && (did > 0 || [...could, ...perhaps].some((action) => READS[wanted].test(action))),
    )
    .map(({ arn }) => arn)
    .slice(0, MOST_SECRETS);
