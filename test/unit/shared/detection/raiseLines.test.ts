import { signFinder } from '../../../../shared/detection/lines';
import { LOG_RULES } from '../../../../shared/detection/logRules';
import { type CountOften, lineFindings } from '../../../../shared/detection/raiseLines';
import { readReport } from '../../../../shared/detection/reportLine';
import { parseFunctionArn } from '../../../../shared/suspect/functionArn';

const suspect = parseFunctionArn('arn:aws:lambda:eu-central-1:111122223333:function:orders');
const find = signFinder(LOG_RULES);

const report = (id: number, used: number, status = ''): string =>
  `REPORT RequestId: 0000-${id}\tDuration: 3000.00 ms\tBilled Duration: 3000 ms\tMemory Size: 128 MB\tMax Memory Used: ${used} MB\t${status}\n`;
const json = (id: number, used: number, status: string): string =>
  JSON.stringify({
    time: '2026-11-20T10:00:00Z',
    type: 'platform.report',
    record: {
      requestId: `0000-${id}`,
      status,
      metrics: { durationMs: 3, memorySizeMB: 128, maxMemoryUsedMB: used },
    },
  });

/** Counts as one payload alone. */
const countAlone: CountOften = async (rule, what, { least }) => ({
  reached: new Set(what).size >= least,
  id: rule,
});
const rulesIn = async (lines: readonly string[]): Promise<readonly string[]> => {
  if (suspect === null) throw new Error('no ARN');
  const found = await lineFindings(
    { lines, functionName: 'orders', account: null },
    suspect,
    0,
    find,
    countAlone,
  );
  expect(found.every(({ bound, observer }) => bound.most === 'ask' && observer === 'logs')).toBe(true);
  return found.map(({ rule }) => rule);
};
const times = (count: number, make: (id: number) => string): readonly string[] =>
  Array.from({ length: count }, (_, id) => make(id));

describe('REPORT lines', () => {
  it('are read as text and as JSON, and nothing else is', () => {
    expect(readReport(report(1, 127))).toEqual({
      requestId: '0000-1',
      memoryMb: 128,
      usedMb: 127,
      isTimeout: false,
    });
    expect(readReport(report(1, 12, 'Status: timeout'))?.isTimeout).toBe(true);
    expect(readReport(json(2, 12, 'timeout'))).toEqual({
      requestId: '0000-2',
      memoryMb: 128,
      usedMb: 12,
      isTimeout: true,
    });
    for (const line of ['a REPORT RequestId: x', '{"type":"platform.start"}', '{"platform.report"', 'REPORT'])
      expect(readReport(line)).toBeNull();
  });

  it('tell of a function that uses up its memory in ten invocations, and not of one that does in nine', async () => {
    expect(await rulesIn(times(9, (id) => report(id, 127)))).toEqual([]);
    expect(await rulesIn(times(10, (id) => report(id, 127)))).toEqual(['memory-near-limit']);
    // One invocation that is delivered again and again is one.
    expect(await rulesIn(times(30, () => report(1, 127)))).toEqual([]);
    expect(await rulesIn(times(30, (id) => report(id, 100)))).toEqual([]);
  });

  it('tell of a function that runs into its timeout, in either format', async () => {
    expect(await rulesIn(times(10, (id) => json(id, 20, 'timeout')))).toEqual(['timeouts-repeated']);
    expect(await rulesIn(times(10, (id) => json(id, 20, 'success')))).toEqual([]);
  });
});

describe('lines with signs of attempts', () => {
  const attempt = (id: number): string => `GET /?id=${id}' UNION SELECT password FROM users--`;

  it('are one finding for the rule and hour, and one more where many differ', async () => {
    expect(await rulesIn(times(19, attempt))).toEqual(['sql-injection']);
    expect(await rulesIn(times(20, attempt))).toEqual(['sql-injection', 'attempts-repeated']);
    expect(await rulesIn(times(40, () => attempt(1)))).toEqual(['sql-injection']);
  });
});
