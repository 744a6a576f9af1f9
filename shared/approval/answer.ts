import type { SFNClient } from '@aws-sdk/client-sfn';
import type { Act, Decision, DecisionAction, Incident } from '../incident/incident';
import type { Records } from '../incident/store';
import type { Addable } from '../policy/addable';
import type { Approvals } from '../policy/approvals';
import type { Waivable } from '../recovery/gate';
import type { Groups } from './approvers';

export type Asked = {
  readonly incidentId: string;
  readonly action: DecisionAction | Act;
  readonly by: string;
  readonly via: Decision['via'];
  readonly reason: string;
  /** What the button carried that was pressed; null where the decider saw the incident itself. */
  readonly press: string | null;
  /** Controls to be put back although changed: ids that the caller has compared with the ones there are. */
  readonly force?: readonly string[];
  /** For how long nobody is to be asked again: with `extend` alone. */
  readonly hours?: number;
  /** The control to be put on beside: with `add` alone. */
  readonly control?: Addable;
  /** The id of the task that is done: with `done` alone. */
  readonly task?: string;
  /** The check that is waived: with `waive` alone. */
  readonly check?: Waivable;
};

export type Answer =
  | {
      readonly accepted: true;
      /** What was decided; absent for what is no decision of its own, and while others must approve too. */
      readonly decision?: Decision;
      /** What people are to be told of it, where the playbook does not. */
      readonly note: string;
    }
  | {
      readonly accepted: false;
      readonly code:
        | 'not-an-approver'
        | 'not-now'
        | 'reason-needed'
        | 'force-needs-release'
        | 'hours-needed'
        | 'control-needed'
        | 'task-needed'
        | 'check-needed'
        | 'already-decided'
        | 'already-approved';
      readonly message: string;
    };

export const refuse = (code: Extract<Answer, { accepted: false }>['code'], message: string): Answer => ({
  accepted: false,
  code,
  message,
});

export type Deciding = {
  readonly records: Records;
  readonly stepFunctions: SFNClient;
  readonly approvers: readonly string[];
  /** What releases need beside; by default one approver. */
  readonly approvals?: Approvals;
  /** Members of the Slack user groups among the approvers. */
  readonly groups?: Groups;
  /** Controls that policy leaves to approvers (`ask`). */
  readonly addable?: readonly Addable[];
  /** Has a control that was added put on: by the function that looks after what is contained. */
  readonly putOn?: (incidentId: string) => Promise<void>;
};

export const notNow = ({ id, status }: Incident, action: string): Answer =>
  refuse('not-now', `${id} is ${status}: ${action} is not a decision to take now`);
