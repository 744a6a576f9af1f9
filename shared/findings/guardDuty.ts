import * as z from 'zod/mini';
import { type FunctionArn, parseFunctionArn } from '../suspect/functionArn';
import { type ParsedEvent, unparseable } from './finding';
import { firstIssue } from './issue';

/*
 * GuardDuty findings about Lambda functions, in the shape in which EventBridge delivers them.
 * Types: GuardDuty user guide, "Lambda Protection finding types". Fields: API reference, LambdaDetails and Service.
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

const detailSchema = z.object({
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

const isoOr = (text: string | null | undefined, fallback: string): string => {
  const time = text ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) ? fallback : new Date(time).toISOString();
};

/** Parses the `detail` of a `GuardDuty Finding` event. `receivedAt` stands in for times that it does not give. */
export const parseGuardDuty = (detail: unknown, receivedAt: string): ParsedEvent => {
  const parsed = detailSchema.safeParse(camelKeys(detail));
  if (!parsed.success)
    return unparseable(`the GuardDuty finding cannot be read: ${firstIssue(parsed.error, 'detail')}`);
  const { id, type, severity, title, description, resource, service, createdAt, updatedAt } = parsed.data;
  const functionArn = resource.lambdaDetails?.functionArn;
  if (functionArn === undefined || (resource.resourceType ?? 'Lambda') !== 'Lambda') {
    return unparseable(
      `the GuardDuty finding ${JSON.stringify(type)} is about ${describeResource(resource.resourceType)}, not about a Lambda function`,
    );
  }
  const suspect = withVersion(parseFunctionArn(functionArn), resource.lambdaDetails?.functionVersion);
  if (suspect === null) {
    return unparseable(
      'the GuardDuty finding names no Lambda function: detail.resource.lambdaDetails.functionArn is not a function ARN',
    );
  }
  const firstSeen = isoOr(service?.eventFirstSeen ?? createdAt, receivedAt);
  return {
    kind: 'finding',
    finding: {
      id,
      source: 'guardduty',
      rule: type,
      title: title ?? type,
      description: description ?? '',
      severity,
      suspect,
      firstSeen,
      lastSeen: isoOr(service?.eventLastSeen ?? updatedAt, firstSeen),
      count: service?.count ?? 1,
      sample: service?.additionalInfo?.sample === true,
      archived: service?.archived === true,
    },
  };
};

/** GuardDuty gives the function's ARN and the version apart. */
const withVersion = (suspect: FunctionArn | null, version: string | null | undefined): FunctionArn | null =>
  suspect !== null && suspect.qualifier === null && version && /^\d+$/.test(version)
    ? { ...suspect, qualifier: version }
    : suspect;

const describeResource = (resourceType: string | undefined): string =>
  resourceType === undefined || resourceType === 'Lambda'
    ? 'a resource it does not describe'
    : `a resource of type ${JSON.stringify(resourceType)}`;
