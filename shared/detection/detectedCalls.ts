import type { Call } from './call';
import { ALERT } from './judge';
import type { Rule } from './rule';

/** `service:Operation`, as rules name calls; with `*` at its end for whatever begins so. */
type Pattern = string;

/** For which calls the detector is woken. */
export type DetectedCalls = {
  /** Whoever makes them: they are done to a function. */
  readonly toFunctions: readonly Pattern[];
  /** Made by a function. */
  readonly byFunctions: readonly Pattern[];
  /** Made by a function, and reading: EventBridge delivers these to rules of a state of their own alone. */
  readonly readByFunctions: readonly Pattern[];
};

/**
 * Calls of which a busy function makes millions: they are data events, and each would wake the detector. Their rules
 * judge recorded events (`tourniquet detect`), and the log files of a trail that records them.
 */
const TOO_MANY: ReadonlySet<Pattern> = new Set([
  'lambda:Invoke',
  's3:GetObject',
  's3:PutObject',
  's3:CopyObject',
  's3:UploadPart',
  's3:CreateMultipartUpload',
  's3:DeleteObject',
  's3:DeleteObjects',
  's3:DeleteObjectVersion',
  's3:PutObjectAcl',
  'dynamodb:Scan',
  'dynamodb:ExecuteStatement',
]);

/** Whether the detector is not woken for a call, so that whoever reads a trail's log files has to look at it. */
export const isLeftToTrail = ({ service, name }: Pick<Call, 'service' | 'name'>): boolean =>
  TOO_MANY.has(`${service}:${name}`);

/** A function's volume is its baseline's to judge: a bare number would be a false alarm for each that is busy. */
const OF_BASELINE: ReadonlySet<string> = new Set(['objects-read-in-bulk']);

/** The type of resource for which CloudTrail records the data events of each service that rules look at. */
const RECORDED_FOR: Readonly<Record<string, string>> = {
  lambda: 'AWS::Lambda::Function',
  s3: 'AWS::S3::Object',
  dynamodb: 'AWS::DynamoDB::Table',
};

/** Which rules need which data events: their ids, by the type of resource that a trail must record. */
export const neededData = (rules: readonly Rule[]): Readonly<Record<string, readonly string[]>> => {
  const needed: Record<string, string[]> = {};
  for (const { id, calls } of trailRules(rules)) {
    const services = calls
      .filter((pattern) => TOO_MANY.has(pattern))
      .map((pattern) => pattern.split(':')[0] ?? '');
    for (const type of new Set(services.flatMap((service) => RECORDED_FOR[service] ?? [])))
      needed[type] = [...(needed[type] ?? []), id];
  }
  return needed;
};

/** The rules that look at what {@link isLeftToTrail}. */
export const trailRules = (rules: readonly Rule[]): readonly Rule[] =>
  rules.filter(({ id, calls }) => !OF_BASELINE.has(id) && calls.some((pattern) => TOO_MANY.has(pattern)));

/** CloudTrail's `readOnly` is true for these names, and for what looks, gets or asks besides. */
const READS = /^(?:Describe|List|Get|BatchGet|Search|Lookup)/;

/** What CloudTrail counts as no reading although it is named so, or the other way round (seen in recorded events). */
const WRITES: ReadonlySet<Pattern> = new Set([
  'sts:GetFederationToken',
  'sts:GetSessionToken',
  'signin:GetSigninToken',
]);
const ALSO_READS: ReadonlySet<Pattern> = new Set(['sts:AssumeRole', 'sts:AssumeRoot']);

const isReading = (pattern: Pattern): boolean =>
  ALSO_READS.has(pattern) || (!WRITES.has(pattern) && READS.test(pattern.split(':')[1] ?? ''));

const mayAlert = ({ severity }: Rule): boolean => typeof severity !== 'number' || severity >= ALERT;

const sorted = (patterns: Iterable<Pattern>): readonly Pattern[] => [...new Set(patterns)].toSorted();

/** What rules look at every call for has patterns of its own (infrastructure/detection.cjs). */
export const detectedCalls = (rules: readonly Rule[]): DetectedCalls => {
  const alerting = rules.filter(mayAlert);
  const callsOf = (some: readonly Rule[]) =>
    some.flatMap(({ calls }) => calls).filter((pattern) => pattern !== '*' && !TOO_MANY.has(pattern));
  const to = callsOf(alerting.filter(({ about }) => about !== undefined));
  const by = callsOf(alerting.filter(({ about }) => about === undefined)).filter(
    (pattern) => !to.includes(pattern),
  );
  return {
    toFunctions: sorted(to),
    byFunctions: sorted(by.filter((pattern) => !isReading(pattern))),
    readByFunctions: sorted(by.filter(isReading)),
  };
};
