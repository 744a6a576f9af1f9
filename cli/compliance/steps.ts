import { complain } from '../../local/print';

const SILENT_FOR_MS = 2000;
const EVERY_MS = 2000;

export type Steps = { readonly step: () => void; readonly end: () => void };

/** How many of how many are done, on standard error: one line that is rewritten on a terminal; none for what is quick. */
export const stepsOf = (what: string, total: number, stream: NodeJS.WriteStream = process.stderr): Steps => {
  const began = Date.now();
  let done = 0;
  let shown = false;
  const show = (): void => {
    if (Date.now() - began < SILENT_FOR_MS) return;
    const line = `${what}: ${done} of ${total}`;
    if (!stream.isTTY) {
      complain(line);
      return;
    }
    stream.write(`\r\u001b[K${line}`);
    shown = true;
  };
  const timer = setInterval(show, EVERY_MS);
  return {
    step: () => {
      done += 1;
    },
    end: () => {
      clearInterval(timer);
      if (shown) stream.write('\r\u001b[K');
    },
  };
};
