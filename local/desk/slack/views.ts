import { isJson, type Json, textOf } from '../json';
import type { Desk } from '../state';
import { asSlackShowsIt } from '../store/views';
import { missing, refused, refusedFor, type SlackAnswer } from './answers';
import { structured } from './arguments';
import { checkView } from './checkView';

/** The trigger is used up only by a modal that can be opened. */
export const openView = (desk: Desk, args: Json): SlackAnswer => {
  const trigger = textOf(args.trigger_id);
  if (trigger === '') return missing('trigger_id');
  const view = structured(args.view);
  if (!isJson(view)) return missing('view');
  const issues = checkView(view);
  if (issues.length > 0) return refusedFor('invalid_arguments', issues);
  const redeemed = desk.triggers.redeem(trigger);
  if ('error' in redeemed) return refused(redeemed.error);
  const opened = desk.views.open(redeemed.user, view);
  return { ok: true, view: { ...asSlackShowsIt(opened), state: { values: {} } } };
};
