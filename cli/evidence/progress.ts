import { complain } from '../../local/print';

/** Nothing is said of what is done within this time. */
const SILENT_FOR = 2000;
const ON_A_TERMINAL = 200;
const IN_A_LOG = 10_000;

const UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB'] as const;

/** Decimal units, as disks and S3 count them. */
export const amount = (bytes: number): string => {
  const unit = Math.min(UNITS.length - 1, bytes < 1 ? 0 : Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** unit;
  return `${unit === 0 ? String(value) : value.toFixed(1)} ${UNITS[unit]}`;
};

export type Progress = {
  /** So many bytes of so many are done. */
  readonly at: (done: number, total: number) => void;
  readonly end: () => void;
};

/** On standard error: one line that is rewritten on a terminal, else a line every ten seconds; none for what is quick. */
export const progressOf = (what: string, stream: NodeJS.WriteStream = process.stderr): Progress => {
  const began = Date.now();
  let last = 0;
  let shown = false;
  return {
    at: (done, total) => {
      const now = Date.now();
      const every = stream.isTTY ? ON_A_TERMINAL : IN_A_LOG;
      if (now - began < SILENT_FOR || now - last < every) return;
      last = now;
      const percent = total === 0 ? 100 : Math.floor((done / total) * 100);
      const line = `${what}: ${percent} %, ${amount(done)} of ${amount(total)}, ${amount((done / (now - began)) * 1000)}/s`;
      if (!stream.isTTY) {
        complain(line);
        return;
      }
      stream.write(`\r\u001b[K${line}`);
      shown = true;
    },
    end: () => {
      if (shown) stream.write('\r\u001b[K');
    },
  };
};
