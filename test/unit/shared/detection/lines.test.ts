import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { detector } from '../../../../cli/detect/detect';
import { plainLine, signFinder } from '../../../../shared/detection/lines';
import { LOG_RULES } from '../../../../shared/detection/logRules';
import { NO_SETTING } from '../../../../shared/detection/setting';
import type { LineExamples, LogRule } from '../../../../shared/detection/sign';

const FOLDER = join(__dirname, '../../../../shared/detection/signs');
const files = readdirSync(FOLDER).map(
  (file) => require(join(FOLDER, file)) as { rule: LogRule; examples: LineExamples },
);
const find = signFinder(LOG_RULES);
const idsOf = (line: string): readonly string[] => find(line).map(({ id }) => id);

describe('the rules about lines of logs', () => {
  it('are each a file of their own and a line of the index', () => {
    expect(files.map(({ rule }) => rule.id).toSorted()).toEqual(LOG_RULES.map(({ id }) => id).toSorted());
  });

  it.each(files.map(({ rule, examples }) => [rule.id, examples] as const))(
    '%s fires on its examples; on their twins no rule does',
    (id, { fires, silent }) => {
      expect(fires.filter((line) => !idsOf(line).includes(id))).toEqual([]);
      expect(silent.filter((line) => idsOf(line).length > 0)).toEqual([]);
    },
  );

  it.each([
    ['percent', 'GET /a?f=%2e%2e%2f%2e%2e%2fetc%2fpasswd', 'path-traversal'],
    ['percent, twice', 'GET /a?f=%252e%252e%252f%252e%252e%252fetc%252fpasswd', 'path-traversal'],
    ['escapes of JSON', '{"q":"1\\u0027 UNION SELECT 1"}', 'sql-injection'],
    ['entities', '<a b="&#x24;&#x7b;jndi:ldap://x.invalid}"/>', 'template-injection'],
    ['letters in circles', 'GET /?u=http://①②⑦.⓪.⓪.①/', 'remote-file'],
    [
      'lookups in lookups',
      '\u0024{\u0024{lower:j}\u0024{::-n}\u0024{env:A:-d}i:ldap://x.invalid}',
      'template-injection',
    ],
  ])('see through %s', (_, line, id) => {
    expect(idsOf(line)).toContain(id);
  });

  it('look at no more of a line than its beginning, and stop at none', () => {
    const long = `${'a'.repeat(1_000_000)}../../etc/passwd`;

    expect(plainLine(long).length).toBeLessThanOrEqual(16 * 1024);
    expect(idsOf(long)).toEqual([]);
    void fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (line) => {
        find(line);
        find(`${line}%${line}\\u${line}&#${line};\u0024{${line}`);
      }),
      { numRuns: 1000 },
    );
  });

  const corpus = join(__dirname, '../../../../../shared/corpus/lambdalog.jsonl');
  const recorded = existsSync(corpus) ? it : process.env.CI ? it : it.skip;
  recorded(
    'are silent on recorded lines of Lambda (skipped where there are none beside the checkout)',
    () => {
      const lines = readFileSync(corpus, 'utf8')
        .trim()
        .split('\n')
        .flatMap((line) => (JSON.parse(line) as { event: { lines: readonly string[] } }).event.lines);

      expect(lines.length).toBeGreaterThan(100);
      expect(lines.filter((line) => idsOf(line).length > 0)).toEqual([]);
    },
  );
});

describe('a payload of CloudWatch Logs', () => {
  const modes = { defaultMode: 'respond' as const, modes: [] };
  const judge = (event: unknown, region: string | null = 'eu-central-1') =>
    detector({ setting: NO_SETTING, modes, region })({ event });
  const payload = {
    messageType: 'DATA_MESSAGE',
    owner: '111122223333',
    logGroup: '/aws/lambda/orders',
    logStream: '2026/03/02/[$LATEST]0',
    logEvents: [
      { id: '1', timestamp: 1, message: '[xmrig] use pool stratum+tcp://pool.example.invalid:3333' },
    ],
  };
  const packed = { awslogs: { data: gzipSync(JSON.stringify(payload)).toString('base64') } };

  it.each([
    ['as it is delivered', packed],
    ['as it is inside', payload],
  ])(
    '%s is a question to people at most, though the function would be contained (invariant 11)',
    (_, event) => {
      expect(judge(event)).toMatchObject({
        error: null,
        findings: [
          {
            rule: 'coin-miner',
            suspect: 'arn:aws:lambda:eu-central-1:111122223333:function:orders',
            disposition: 'ask',
          },
        ],
      });
      expect(judge(event, null).findings).toMatchObject([{ suspect: null, disposition: 'ignore' }]);
    },
  );

  it('with records of CloudTrail in its lines is judged by those', () => {
    const record = { eventSource: 'iam.amazonaws.com', eventName: 'CreateUser', requestParameters: {} };
    const event = { ...payload, logGroup: 'trail', logEvents: [{ message: JSON.stringify(record) }] };

    expect(judge(event).findings.map(({ rule }) => rule)).toEqual(['user-created']);
  });

  it.each([
    ['a control message', { ...payload, messageType: 'CONTROL_MESSAGE' }],
    ['no lines', { ...payload, logEvents: [] }],
    ['data that is none', { awslogs: { data: 'nothing' } }],
    [
      'data that is made to exhaust memory',
      { awslogs: { data: gzipSync(Buffer.alloc(64 * 1024 * 1024)).toString('base64') } },
    ],
  ])('with %s raises nothing, and is no error', (_, event) => {
    expect(judge(event)).toEqual({ event: 0, findings: [], error: null });
  });
});
