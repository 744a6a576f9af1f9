import { chooseMode, lower, type ModePolicy } from '../policy/mode';
import { parseFunctionArn } from '../suspect/functionArn';
import { ALERT, type Judgement } from './judge';
import type { LogRule } from './sign';

/**
 * What a line of a log would come to: a question to people at most. What is written there may be what a caller sent, and
 * whoever can send a request must not be able to stop a function (invariant 11).
 */
export const judgeLine = ({ severity }: LogRule, suspect: string | null, policy: ModePolicy): Judgement => {
  const arn = suspect === null ? null : parseFunctionArn(suspect);
  if (arn === null) return { disposition: 'ignore', because: 'the log cannot be tied to a function' };
  const { mode } = chooseMode(arn.functionName, severity, {}, policy);
  const most = severity >= ALERT ? 'ask' : 'observe';
  const disposition = lower(mode, most);
  return {
    disposition,
    because: disposition === mode ? `mode ${mode}` : `at most ${most}: a caller may have written the line`,
  };
};
