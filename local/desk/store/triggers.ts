import { randomBytes } from 'node:crypto';
import { type Clock, toSeconds } from '../clock';

export type TriggerError = 'invalid_trigger_id' | 'expired_trigger_id' | 'exchanged_trigger_id';

export type Triggers = {
  readonly issue: (user: string) => string;
  /** Gives the user whose press it was, once. */
  readonly redeem: (id: string) => { readonly user: string } | { readonly error: TriggerError };
};

const LIFETIME_MS = 3000;

export const openTriggers = (now: Clock): Triggers => {
  const known = new Map<
    string,
    { readonly user: string; readonly issuedAt: number; readonly used: boolean }
  >();
  return {
    issue: (user) => {
      const id = `${toSeconds(now())}.${known.size + 1}.${randomBytes(16).toString('hex')}`;
      known.set(id, { user, issuedAt: now(), used: false });
      return id;
    },
    redeem: (id) => {
      const trigger = known.get(id);
      if (trigger === undefined) return { error: 'invalid_trigger_id' };
      if (trigger.used) return { error: 'exchanged_trigger_id' };
      if (now() - trigger.issuedAt > LIFETIME_MS) return { error: 'expired_trigger_id' };
      known.set(id, { ...trigger, used: true });
      return { user: trigger.user };
    },
  };
};
