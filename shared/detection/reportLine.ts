import { at, numberOf, text, type Value } from './fields';

/** How one invocation went, as the runtime reports it at its end (Lambda developer guide, "REPORT", "platform.report"). */
export type Report = {
  readonly requestId: string;
  readonly memoryMb: number;
  readonly usedMb: number;
  readonly isTimeout: boolean;
};

const PLAIN =
  /^REPORT RequestId: ([\w-]{1,64})\s.*\bMemory Size: (\d{1,6}) MB\s+Max Memory Used: (\d{1,6}) MB/;

const jsonReport = (line: string): Report | null => {
  let event: Value;
  try {
    event = JSON.parse(line);
  } catch {
    return null;
  }
  if (text(event, 'type') !== 'platform.report') return null;
  const [memoryMb, usedMb] = ['memorySizeMB', 'maxMemoryUsedMB'].map((name) =>
    numberOf(at(event, `record.metrics.${name}`)),
  );
  const requestId = text(event, 'record.requestId');
  return requestId === null || memoryMb == null || usedMb == null
    ? null
    : { requestId, memoryMb, usedMb, isTimeout: text(event, 'record.status') === 'timeout' };
};

/** Reads a line that the runtime wrote at the end of an invocation; null for any other. */
export const readReport = (line: string): Report | null => {
  if (line.startsWith('{')) return line.includes('"platform.report"') ? jsonReport(line) : null;
  const [, requestId, memory, used] = PLAIN.exec(line.slice(0, 1000)) ?? [];
  return requestId === undefined
    ? null
    : {
        requestId,
        memoryMb: Number(memory),
        usedMb: Number(used),
        isTimeout: /\bStatus: timeout\b/.test(line),
      };
};
