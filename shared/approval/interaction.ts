import * as z from 'zod';
import { DECISIONS, type DecisionAction } from '../incident/incident';
import { ACT_BLOCK, ACT_MODAL, type Choice, choiceOf, WHY_BLOCK } from './actModal';

/*
 * What Slack posts when somebody presses a button or submits a modal
 * (https://docs.slack.dev/interactivity/handling-user-interaction/). Only what we use is read.
 */

const user = z.object({ id: z.string().regex(/^[UW][A-Z0-9]{2,20}$/) });

const blockActions = z.object({
  type: z.literal('block_actions'),
  user,
  trigger_id: z.string(),
  channel: z.object({ id: z.string() }).optional(),
  message: z.object({ ts: z.string(), thread_ts: z.string().optional() }).optional(),
  actions: z.array(z.object({ action_id: z.string(), value: z.string().optional() })).min(1),
});

const viewSubmission = z.object({
  type: z.literal('view_submission'),
  user,
  view: z.object({
    callback_id: z.string(),
    private_metadata: z.string(),
    state: z.object({
      values: z.record(
        z.string(),
        z.record(
          z.string(),
          z.object({
            value: z.string().nullish(),
            selected_option: z.object({ value: z.string() }).nullish(),
          }),
        ),
      ),
    }),
  }),
});

const payloadSchema = z.union([blockActions, viewSubmission]);

export type Interaction =
  | {
      readonly kind: 'decision';
      readonly user: string;
      readonly action: DecisionAction;
      readonly incidentId: string;
      readonly press: string;
      readonly triggerId: string;
      readonly channel: string | null;
    }
  | {
      readonly kind: 'force';
      readonly user: string;
      readonly incidentId: string;
      readonly press: string;
      readonly channel: string | null;
    }
  | {
      readonly kind: 'question';
      readonly user: string;
      readonly answer: 'rotate' | 'leave';
      readonly incidentId: string;
      readonly questionId: string;
      readonly channel: string | null;
    }
  | {
      readonly kind: 'reason';
      readonly user: string;
      readonly incidentId: string;
      readonly press: string;
      readonly reason: string;
      readonly channel: string | null;
    }
  | {
      readonly kind: 'act';
      readonly user: string;
      readonly incidentId: string;
      readonly choice: Choice;
      readonly reason: string;
      readonly channel: string | null;
    }
  | {
      readonly kind: 'details' | 'more';
      readonly user: string;
      readonly incidentId: string;
      readonly triggerId: string;
      readonly channel: string | null;
    }
  | { readonly kind: 'other' };

/** The button that has put back what somebody changed while it was contained. No decision: which controls, the ledger says. */
export const FORCE_DRIFT = 'force_drift';
/** The button that shows what the message leaves out. It decides nothing, so it works as long as the message is there. */
export const DETAILS_BUTTON = 'details';
/** The button that offers what is no answer to the question: its modal asks which. */
export const MORE_BUTTON = 'more';
export const REASON_MODAL = 'false_positive_reason';
export const REASON_BLOCK = 'reason';

const INCIDENT_VALUE = /^(inc-\d{8}-[0-9a-f]{12})\.([0-9a-f]{1,32})$/;
/** What a button of a decision carries: nothing that could be guessed, or that says what it is for (press.ts). */
const PRESS = /^[0-9a-f]{32}$/;
const metadataSchema = z.object({ value: z.string().regex(INCIDENT_VALUE), channel: z.string().nullable() });

const take = (value: string | undefined): { incidentId: string; rest: string } | null => {
  const match = INCIDENT_VALUE.exec(value ?? '');
  return match === null ? null : { incidentId: match[1] ?? '', rest: match[2] ?? '' };
};

/** Reads the body of an interactivity request; null when it is not one. The caller has verified the signature. */
export const parseInteraction = (rawBody: string): Interaction | null => {
  const payload = new URLSearchParams(rawBody).get('payload');
  const parsed = payloadSchema.safeParse(jsonOrNull(payload));
  if (!parsed.success) return null;
  const { data } = parsed;
  return data.type === 'block_actions' ? fromButton(data) : fromModal(data);
};

const jsonOrNull = (text: string | null): unknown => {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return null;
  }
};

const fromButton = ({
  user: { id },
  actions,
  channel,
  trigger_id,
}: z.infer<typeof blockActions>): Interaction => {
  const pressed = actions[0];
  const subject = take(pressed?.value);
  if (pressed === undefined || subject === null) return { kind: 'other' };
  const { incidentId, rest } = subject;
  const where = channel?.id ?? null;
  const action = DECISIONS.find((decision) => decision === pressed.action_id);
  if (action !== undefined && PRESS.test(rest)) {
    return {
      kind: 'decision',
      user: id,
      action,
      incidentId,
      press: rest,
      triggerId: trigger_id,
      channel: where,
    };
  }
  if (pressed.action_id === FORCE_DRIFT && PRESS.test(rest))
    return { kind: 'force', user: id, incidentId, press: rest, channel: where };
  if (pressed.action_id === DETAILS_BUTTON || pressed.action_id === MORE_BUTTON)
    return { kind: pressed.action_id, user: id, incidentId, triggerId: trigger_id, channel: where };
  const answer = { rotate_secret: 'rotate', leave_secret: 'leave' } as const;
  if (pressed.action_id === 'rotate_secret' || pressed.action_id === 'leave_secret') {
    return {
      kind: 'question',
      user: id,
      answer: answer[pressed.action_id],
      incidentId,
      questionId: rest,
      channel: where,
    };
  }
  return { kind: 'other' };
};

const fromModal = ({ user: { id }, view }: z.infer<typeof viewSubmission>): Interaction => {
  const metadata = metadataSchema.safeParse(jsonOrNull(view.private_metadata));
  const subject = metadata.success ? take(metadata.data.value) : null;
  if (!metadata.success || subject === null) return { kind: 'other' };
  const { channel } = metadata.data;
  const { incidentId } = subject;
  if (view.callback_id === ACT_MODAL) {
    const choice = choiceOf(view.state.values[ACT_BLOCK]?.[ACT_BLOCK]?.selected_option?.value ?? '');
    const reason = view.state.values[WHY_BLOCK]?.[WHY_BLOCK]?.value ?? '';
    return choice === null
      ? { kind: 'other' }
      : { kind: 'act', user: id, incidentId, choice, reason, channel };
  }
  if (view.callback_id !== REASON_MODAL || !PRESS.test(subject.rest)) return { kind: 'other' };
  const reason = view.state.values[REASON_BLOCK]?.[REASON_BLOCK]?.value ?? '';
  return {
    kind: 'reason',
    user: id,
    incidentId,
    press: subject.rest,
    reason,
    channel,
  };
};
