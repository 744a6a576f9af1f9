import * as z from 'zod/mini';
import { MODE_TAG, modeNamed } from '../policy/mode';
import { parseFunctionArn } from '../suspect/functionArn';
import { type Actor, type ParsedEvent, unparseable } from './finding';
import { firstIssue } from './issue';

/*
 * Changes of the tag that raises a function's mode, in the shape in which CloudTrail's events come over EventBridge:
 * `TagResource20170331v2` and `UntagResource20170331v2` of Lambda, and `CreateFunction20150331` with the tag. Fields:
 * CloudTrail user guide, "Record contents" and "userIdentity element". Names of calls carry the version of the API.
 */

export const MODE_TAG_RULE = 'ModeTagChanged';

const short = z.string().check(z.maxLength(2048));

const detailSchema = z.object({
  eventID: z.string().check(z.minLength(1), z.maxLength(256)),
  eventName: z.string().check(z.maxLength(128)),
  eventTime: z.optional(z.string().check(z.maxLength(64))),
  errorCode: z.nullish(short),
  sourceIPAddress: z.nullish(short),
  userIdentity: z.nullish(
    z.object({
      arn: z.nullish(short),
      invokedBy: z.nullish(short),
      type: z.nullish(short),
      sessionContext: z.nullish(
        z.object({ sessionIssuer: z.nullish(z.object({ type: z.nullish(short), arn: z.nullish(short) })) }),
      ),
      inScopeOf: z.nullish(z.object({ issuerType: z.nullish(short), credentialsIssuedTo: z.nullish(short) })),
    }),
  ),
  requestParameters: z.object({
    resource: z.nullish(short),
    tags: z.nullish(z.record(z.string(), z.unknown())),
    tagKeys: z.nullish(z.array(z.unknown())),
  }),
  responseElements: z.nullish(z.object({ functionArn: z.nullish(short) })),
});
type Detail = z.infer<typeof detailSchema>;

/** What names, ARNs and addresses are made of: of what others chose, nothing else is repeated. */
const plain = (text: string): string => text.slice(0, 300).replaceAll(/[^\w+=,.@:/$-]/g, '?');

const actorOf = ({ userIdentity }: Detail): Actor => {
  const issuer = userIdentity?.sessionContext?.sessionIssuer;
  const roleArn = issuer?.arn && (issuer.type ?? 'Role') === 'Role' ? issuer.arn : null;
  const scope = userIdentity?.inScopeOf;
  return {
    roleArn,
    session: roleArn === null ? null : (userIdentity?.arn?.split('/').at(-1) ?? null),
    functionArn:
      scope?.issuerType === 'AWS::Lambda::Function'
        ? (parseFunctionArn(scope.credentialsIssuedTo ?? '')?.arn ?? null)
        : null,
  };
};

type Change = { readonly said: string; readonly raises: boolean };

/** What became of the tag, or null where the call did not touch it. */
const changeIn = ({ eventName, requestParameters: { tags, tagKeys } }: Detail): Change | null => {
  if (/^UntagResource/.test(eventName))
    return tagKeys?.includes(MODE_TAG) === true ? { said: 'was taken off', raises: false } : null;
  if (!/^(?:TagResource|CreateFunction)/.test(eventName) || !Object.hasOwn(tags ?? {}, MODE_TAG)) return null;
  const mode = modeNamed(String(tags?.[MODE_TAG]));
  const verb = /^CreateFunction/.test(eventName) ? 'came with the function, as' : 'was set to';
  return { said: `${verb} ${mode ?? 'what is no mode'}`, raises: mode === 'ask' || mode === 'respond' };
};

/**
 * How grave, in GuardDuty's scale: what a function's own credentials did is high, what may have lowered the mode is
 * medium, and an owner that enrols a function low.
 */
const severityOf = ({ raises }: Change, { functionArn }: Actor, itself: boolean): number =>
  functionArn !== null || itself ? 8 : raises ? 2 : 5;

const timeOf = (text: string | undefined, fallback: string): string => {
  const time = Date.parse(text ?? '');
  return Number.isNaN(time) ? fallback : new Date(time).toISOString();
};

/** Parses the `detail` of a call that CloudTrail recorded. `receivedAt` stands in for a time that it does not give. */
export const parseModeTag = (detail: unknown, receivedAt: string): ParsedEvent => {
  const parsed = detailSchema.safeParse(detail);
  if (!parsed.success)
    return unparseable(
      `the call that CloudTrail recorded cannot be read: ${firstIssue(parsed.error, 'detail')}`,
    );
  const { eventID, eventName, eventTime, errorCode, sourceIPAddress, userIdentity } = parsed.data;
  const call = plain(eventName);
  if (errorCode) return unparseable(`the call ${call} failed: it changed nothing`);
  const change = changeIn(parsed.data);
  if (change === null) return unparseable(`the call ${call} does not touch the tag ${MODE_TAG}`);
  const suspect = parseFunctionArn(
    parsed.data.requestParameters.resource ?? parsed.data.responseElements?.functionArn ?? '',
  );
  if (suspect === null) return unparseable(`the call ${call} names no Lambda function by its ARN`);
  const doneBy = actorOf(parsed.data);
  const at = timeOf(eventTime, receivedAt);
  const by = userIdentity?.arn ?? userIdentity?.invokedBy;
  const who = by ? plain(by) : 'somebody CloudTrail does not name';
  const from = sourceIPAddress ? plain(sourceIPAddress) : 'an address CloudTrail does not name';
  const lent = doneBy.functionArn === null ? '' : `, with the credentials of ${plain(doneBy.functionArn)}`;
  return {
    kind: 'finding',
    finding: {
      id: eventID,
      source: 'mode-tag',
      rule: MODE_TAG_RULE,
      title: `The tag ${MODE_TAG} ${change.said}`,
      description: `The tag ${MODE_TAG} of ${suspect.functionName} ${change.said}: ${call} by ${who}${lent}, from ${from}`,
      severity: severityOf(change, doneBy, doneBy.session === suspect.functionName),
      suspect: { ...suspect, qualifier: null },
      firstSeen: at,
      lastSeen: at,
      count: 1,
      sample: false,
      archived: false,
      doneBy,
    },
  };
};
