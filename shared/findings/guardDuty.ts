import * as z from 'zod/mini';
import { field } from '../detection/fields';
import { type FunctionArn, parseFunctionArn } from '../suspect/functionArn';
import { type Finding, nothing, type ParsedFinding, unparseable } from './finding';
import { isSequence, namedByGuardDuty } from './guardDutyNamed';
import { isoOr } from './isoTime';
import { firstIssue } from './issue';
import { aboutOf, namesNothing, ONLY_NAMED } from './named';
import { quoted } from './oneLine';

/*
 * GuardDuty findings about Lambda functions, and those that name a role's session (guardDutyNamed.ts), in the shape in
 * which EventBridge delivers them. Types: GuardDuty user guide, "Lambda Protection finding types". Fields: API reference,
 * LambdaDetails and Service.
 */

/** The seven types of Lambda Protection. A type that is not here is still parsed: AWS adds types without notice. */
export const GUARDDUTY_LAMBDA_TYPES = [
  'Backdoor:Lambda/C&CActivity.B',
  'CryptoCurrency:Lambda/BitcoinTool.B',
  'Trojan:Lambda/BlackholeTraffic',
  'Trojan:Lambda/DropPoint',
  'UnauthorizedAccess:Lambda/MaliciousIPCaller.Custom',
  'UnauthorizedAccess:Lambda/TorClient',
  'UnauthorizedAccess:Lambda/TorRelay',
] as const;

/**
 * How far a finding of GuardDuty may go. The seven are the function's own network, and a session is what its role called;
 * any other type about a function may be what somebody did to it (GuardDuty user guide, "Custom Detection Rules").
 */
export const boundOfGuardDuty = (
  type: string,
  finding: Pick<Finding, 'suspect' | 'named'>,
): Finding['bound'] => {
  if ((finding.named?.sessions.length ?? 0) > 0) return undefined;
  if (finding.suspect === null || isSequence(type)) return { most: 'ask', because: ONLY_NAMED };
  return GUARDDUTY_LAMBDA_TYPES.some((known) => known === type)
    ? undefined
    : {
        most: 'ask',
        because: 'at most ask: this type of finding is not known to be the act of the function itself',
      };
};

/** Security Hub takes GuardDuty's findings over under their ARN (Security Hub user guide, "GuardDuty"). */
const hubOf = (arn: string | null | undefined): Finding['hub'] => {
  const [, partition, region] = GUARDDUTY_ARN.exec(arn ?? '') ?? [];
  return arn && partition !== undefined
    ? { version: 1, id: arn, productArn: `arn:${partition}:securityhub:${region}::product/aws/guardduty` }
    : undefined;
};
const GUARDDUTY_ARN =
  /^arn:(aws[a-z-]*):guardduty:([a-z0-9-]+):\d{12}:detector\/\w{1,64}\/finding\/\w{1,64}$/;

const detailSchema = z.object({
  arn: z.nullish(z.string().check(z.maxLength(512))),
  id: z.string().check(z.minLength(1), z.maxLength(256)),
  type: z.string().check(z.minLength(1), z.maxLength(256)),
  severity: z.number().check(z.gte(0), z.lte(10)),
  title: z.optional(z.string().check(z.maxLength(2048))),
  description: z.optional(z.string().check(z.maxLength(8192))),
  createdAt: z.optional(z.string().check(z.maxLength(64))),
  updatedAt: z.optional(z.string().check(z.maxLength(64))),
  resource: z.object({
    resourceType: z.optional(z.string().check(z.maxLength(128))),
    lambdaDetails: z.nullish(
      z.object({
        functionArn: z.string().check(z.maxLength(2048)),
        functionVersion: z.nullish(z.string().check(z.maxLength(128))),
      }),
    ),
  }),
  service: z.nullish(
    z.object({
      archived: z.nullish(z.boolean()),
      count: z.nullish(z.number()),
      eventFirstSeen: z.nullish(z.string().check(z.maxLength(64))),
      eventLastSeen: z.nullish(z.string().check(z.maxLength(64))),
      additionalInfo: z.nullish(z.object({ sample: z.nullish(z.boolean()) })),
    }),
  ),
});

type Detail = z.infer<typeof detailSchema>;

/** What is read of a finding lies no deeper than this; an event nested deeper must not exhaust the stack. */
const DEEPEST = 12;

/** Findings exported by GetFindings spell their keys `Type`, `Resource`; EventBridge spells them `type`, `resource`. */
const camelKeys = (value: unknown, depth = 0): unknown => {
  if (typeof value !== 'object' || value === null) return value;
  if (depth > DEEPEST) return null;
  if (Array.isArray(value)) return value.map((inner) => camelKeys(inner, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key.charAt(0).toLowerCase() + key.slice(1),
      camelKeys(inner, depth + 1),
    ]),
  );
};

/**
 * Parses the `detail` of a `GuardDuty Finding` event. `receivedAt` stands in for times that it does not give,
 * `accountId` for an account.
 */
export const parseGuardDuty = (
  detail: unknown,
  receivedAt: string,
  { accountId = null }: { readonly accountId?: string | null } = {},
): ParsedFinding => {
  const parsed = detailSchema.safeParse(camelKeys(detail));
  if (!parsed.success)
    return unparseable(`the GuardDuty finding cannot be read: ${firstIssue(parsed.error, 'detail')}`);
  const about = whomOf(parsed.data, detail, accountId);
  if ('kind' in about) return about;
  const { id, type, severity, title, description, service, createdAt, updatedAt } = parsed.data;
  const firstSeen = isoOr(service?.eventFirstSeen ?? createdAt, receivedAt);
  const bound = boundOfGuardDuty(type, about);
  const hub = hubOf(parsed.data.arn);
  return {
    kind: 'finding',
    finding: {
      id,
      source: 'guardduty',
      rule: type,
      title: title ?? type,
      description: description ?? '',
      severity,
      ...about,
      firstSeen,
      lastSeen: isoOr(service?.eventLastSeen ?? updatedAt, firstSeen),
      count: service?.count ?? 1,
      sample: service?.additionalInfo?.sample === true,
      archived: service?.archived === true,
      ...(hub === undefined ? {} : { hub }),
      ...(bound === undefined ? {} : { bound }),
    },
  };
};

type About = Pick<Finding, 'suspect' | 'named'>;

const whomOf = (
  { type, resource: { resourceType, lambdaDetails } }: Detail,
  detail: unknown,
  accountId: string | null,
): About | ParsedFinding => {
  if (lambdaDetails && (resourceType ?? 'Lambda') === 'Lambda') {
    const suspect = withVersion(parseFunctionArn(lambdaDetails.functionArn), lambdaDetails.functionVersion);
    return suspect === null
      ? unparseable(
          'the GuardDuty finding names no Lambda function: detail.resource.lambdaDetails.functionArn is not a function ARN',
        )
      : { suspect };
  }
  const named = namedByGuardDuty(detail, accountId);
  if (!namesNothing(named)) return aboutOf(named);
  return isSequence(type) || field(field(detail, 'resource'), 'accessKeyDetails') !== undefined
    ? nothing(
        `the GuardDuty finding ${quoted(type)} names no Lambda function, and no role that one could have`,
      )
    : unparseable(
        `the GuardDuty finding ${quoted(type)} is about ${describeResource(resourceType)}, not about a Lambda function`,
      );
};

/** GuardDuty gives the function's ARN and the version apart. */
const withVersion = (suspect: FunctionArn | null, version: string | null | undefined): FunctionArn | null =>
  suspect !== null && suspect.qualifier === null && version && /^\d+$/.test(version)
    ? { ...suspect, qualifier: version }
    : suspect;

const describeResource = (resourceType: string | undefined): string =>
  resourceType === undefined || resourceType === 'Lambda'
    ? 'a resource it does not describe'
    : `a resource of type ${quoted(resourceType)}`;
