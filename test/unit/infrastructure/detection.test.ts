import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isReadable, readCall } from '../../../shared/detection/call';
import { detectedCalls } from '../../../shared/detection/detectedCalls';
import { evaluator } from '../../../shared/detection/evaluate';
import { BY_FUNCTION, DENIED } from '../../../shared/detection/example';
import { ALERT } from '../../../shared/detection/judge';
import { LOG_RULES } from '../../../shared/detection/logRules';
import type { Examples, Rule } from '../../../shared/detection/rule';
import { RULES } from '../../../shared/detection/rules';
import { linesTable, rulesTable } from '../../../shared/detection/rulesTable';
import { NO_SETTING } from '../../../shared/detection/setting';
import { meetsPattern } from '../../fixtures/eventPattern';

type Named = { readonly name: string; readonly pattern: object; readonly reads: boolean };
const { detectionPatterns, LONGEST } = require('../../../infrastructure/detection.cjs') as {
  detectionPatterns: () => readonly Named[];
  LONGEST: number;
};
const PATTERNS = detectionPatterns();

const FOLDER = join(__dirname, '../../../shared/detection/rules');
const files = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => require(join(FOLDER, file)) as { rule: Rule; examples: Examples });

type Fields = Readonly<Record<string, unknown>>;

const delivered = (record: Fields) => ({
  id: 'e',
  source: `aws.${String(record.eventSource).replace('.amazonaws.com', '')}`,
  'detail-type': 'AWS API Call via CloudTrail',
  // Lambda's operations carry the version of the API.
  detail: {
    ...record,
    eventName:
      record.eventSource === 'lambda.amazonaws.com'
        ? `${String(record.eventName)}20150331v2`
        : record.eventName,
  },
});

const wakes = (record: Fields): readonly string[] =>
  PATTERNS.filter(({ pattern }) => meetsPattern(pattern, delivered(record))).map(({ name }) => name);

/** Whether the deployed detector would make an alert of it, as far as one call can tell. */
const matters = (record: Fields): boolean => {
  const call = readCall(record);
  if (!isReadable(call)) return false;
  const { signs, counted } = evaluator(RULES)(call, NO_SETTING);
  return [...signs, ...counted.map(({ sign }) => sign)].some(
    ({ severity, suspect }) => severity >= ALERT && suspect !== null,
  );
};

/** Examples as the deployment meets them: by whom they are written, and by a function. */
const variants = files.flatMap(({ rule, examples }) =>
  examples.fires.flatMap((records) => {
    const last = records.at(-1) as Fields;
    return [last, { ...last, ...BY_FUNCTION }].map((record) => ({ id: rule.id, record }));
  }),
);

/** Data events that would wake the detector for each of a busy function's calls (detectedCalls.ts), and what only people do. */
const NOT_WATCHED =
  /^(?:s3:(?:GetObject|PutObject|CopyObject|DeleteObjects?|PutObjectAcl)|dynamodb:Scan|lambda:Invoke|iam:CreateVirtualMFADevice)$/;

describe('what wakes the detector', () => {
  it('is what the rules say (npx tsx scripts/rules.ts writes it)', () => {
    const path = join(__dirname, '../../../infrastructure/detectedCalls.json');

    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(detectedCalls(RULES));
  });

  it('and what docs/detections.md says of the rules', () => {
    expect(readFileSync(join(__dirname, '../../../docs/detections.md'), 'utf8')).toContain(rulesTable(RULES));
    expect(readFileSync(join(__dirname, '../../../docs/detections.md'), 'utf8')).toContain(
      linesTable(LOG_RULES),
    );
  });

  it("stays within EventBridge's limits", () => {
    expect(PATTERNS.filter(({ pattern }) => JSON.stringify(pattern).length > LONGEST)).toEqual([]);
    expect(PATTERNS.length).toBeLessThan(20);
  });

  it('is every example of an alert about a function, but for data events', () => {
    const missed = variants
      .filter(({ record }) => {
        const call = `${String(record.eventSource).replace('.amazonaws.com', '')}:${String(record.eventName)}`;
        return !NOT_WATCHED.test(call) && matters(record) && wakes(record).length === 0;
      })
      .map(({ id, record }) => `${id}: ${String(record.eventName)}`);

    expect(missed).toEqual([]);
    expect(variants.filter(({ record }) => matters(record)).length).toBeGreaterThan(100);
  });

  it('is no call that failed, but where the attempt or the refusal counts', () => {
    const woken = variants
      .map(({ id, record }) => ({ id, record: { ...record, ...DENIED, errorCode: 'ThrottlingException' } }))
      .filter(({ record }) => !matters(record) && wakes(record).some((name) => !name.startsWith('Read')));

    expect(woken.map(({ id }) => id)).toEqual([]);
  });

  it("is no ordinary call of a function, nor of a person's on anything but functions", () => {
    const ordinary = [
      { ...BY_FUNCTION, eventSource: 'sqs.amazonaws.com', eventName: 'SendMessage' },
      { ...BY_FUNCTION, eventSource: 'dynamodb.amazonaws.com', eventName: 'PutItem' },
      { eventSource: 'iam.amazonaws.com', eventName: 'CreateUser' },
      { eventSource: 'ec2.amazonaws.com', eventName: 'DescribeInstances' },
      { eventSource: 'lambda.amazonaws.com', eventName: 'GetFunction' },
    ];

    expect(ordinary.flatMap((record) => wakes(record))).toEqual([]);
  });
});
