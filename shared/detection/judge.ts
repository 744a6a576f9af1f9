import { chooseMode, lower, type Mode, type ModePolicy } from '../policy/mode';
import { parseFunctionArn } from '../suspect/functionArn';
import type { Sign } from './evaluate';
import type { Setting } from './setting';

/** From this severity on a sign is an alert; below it is context. */
export const ALERT = 4;
/** From this severity on one sign of a function's own act is enough to contain it; below people are asked. */
export const GRAVE = 7;

export type Judgement = { readonly disposition: Mode; readonly because: string };

type Limit = { readonly most: Mode; readonly because: string };

/**
 * As far as one sign may ever go (invariant 11: containment needs the function's own act, or its code or permissions
 * changed by somebody who is not known to do so).
 */
export const limitOf = ({ rule, severity, itself }: Sign, { knownDeployers }: Setting): Limit => {
  if (severity < ALERT) return { most: 'observe', because: `at most observe: below ${ALERT} it is context` };
  if (!itself && rule.deploys === true && knownDeployers.length === 0)
    return {
      most: 'observe',
      because: 'at most observe: no known deployers are listed, and this may be one',
    };
  if (!itself && rule.tampers !== true)
    return { most: 'ask', because: 'at most ask: somebody else did this to the function' };
  if (severity < GRAVE && itself)
    return { most: 'ask', because: `at most ask: below ${GRAVE} one sign is not enough` };
  return { most: 'respond', because: '' };
};

/** What one sign would come to: as far as the mode of its function says, and never further than its own limit. */
export const judge = (sign: Sign, setting: Setting, policy: ModePolicy): Judgement => {
  const suspect = sign.suspect === null ? null : parseFunctionArn(sign.suspect);
  if (suspect === null) return { disposition: 'ignore', because: 'the call cannot be tied to a function' };
  const chosen = chooseMode(suspect.functionName, sign.severity, {}, policy);
  const limit = limitOf(sign, setting);
  const disposition = lower(chosen.mode, limit.most);
  return {
    disposition,
    because: disposition === chosen.mode || limit.because === '' ? `mode ${chosen.mode}` : limit.because,
  };
};
