import { ACT_BLOCK, ACT_MODAL, actModal, choiceOf, WHY_BLOCK } from '../../../../shared/approval/actModal';
import { parseInteraction } from '../../../../shared/approval/interaction';
import type { Status } from '../../../../shared/incident/incident';
import type { Addable } from '../../../../shared/policy/addable';
import { anIncident } from '../../../fixtures/incident';

const offered = (status: Status, addable: readonly Addable[] = ['trust'], added: readonly string[] = []) => {
  const view = actModal(anIncident({ status, added }), addable, 'C0INCIDENTS');
  const text = JSON.stringify(view?.blocks ?? []);
  return [...text.matchAll(/"value":"([a-z0-9-]+)"/g)].map(([, value]) => value);
};
const TIME = ['extend-1', 'extend-4', 'extend-24'];

const submitted = (value: string, metadata: string, callback_id = ACT_MODAL) =>
  parseInteraction(
    new URLSearchParams({
      payload: JSON.stringify({
        type: 'view_submission',
        user: { id: 'U0ONCALL' },
        view: {
          callback_id,
          private_metadata: metadata,
          state: {
            values: {
              [ACT_BLOCK]: { [ACT_BLOCK]: { type: 'static_select', selected_option: { value } } },
              [WHY_BLOCK]: { [WHY_BLOCK]: { type: 'plain_text_input', value: 'we wait for a vendor' } },
            },
          },
        },
      }),
    }).toString(),
  );

describe('what can be done beside the answer', () => {
  it('is offered as far as the incident admits it now', () => {
    expect(offered('asking')).toEqual(['take', ...TIME]);
    expect(offered('contained')).toEqual(['take', ...TIME, 'add-trust']);
    expect(offered('watching')).toEqual(['take', 'recontain']);
    expect(actModal(anIncident({ status: 'closed' }), ['trust'], null)).toBeNull();
  });

  it('has a control in it only where policy leaves that to approvers, and once', () => {
    expect(offered('contained', [])).not.toContain('add-trust');
    expect(offered('contained', ['trust'], ['trust'])).not.toContain('add-trust');
  });

  it('has the checks in it that a release was refused for, and no others', () => {
    const gate = [
      { check: 'secrets', outcome: 'failed', because: 'a task is open' },
      { check: 'configuration', outcome: 'passed', because: '' },
      { check: 'code', outcome: 'failed', because: 'it was contained' },
    ] as const;
    const text = (status: Status) => JSON.stringify(actModal(anIncident({ status, gate }), [], null)?.blocks);

    expect(text('contained').match(/"value":"waive-\w+"/g)).toEqual(['"value":"waive-secrets"']);
    expect(text('watching')).not.toContain('waive-');
    expect(choiceOf('waive-secrets')).toEqual({ action: 'waive', check: 'secrets' });
    expect(choiceOf('waive-code')).toBeNull();
  });

  it('has the open tasks in it, also of a closed incident, and none that is done', () => {
    const task = { about: 'x', what: 'replace <!channel> it', contact: null, at: '2026-11-20T10:06:00.000Z' };
    const done = { by: 'U0ONCALL', at: '2026-11-20T10:07:00.000Z', how: 'replaced' };
    const tasks = { '0a1b2c3d': task, ffffffff: { ...task, done } };
    const view = actModal(anIncident({ status: 'closed', tasks }), [], null);
    const text = JSON.stringify(view?.blocks);

    expect(text).toContain('"value":"done-0a1b2c3d"');
    expect(text).not.toContain('ffffffff');
    expect(choiceOf('done-0a1b2c3d')).toEqual({ action: 'done', task: '0a1b2c3d' });
    expect(choiceOf('done-0a1b2c3d4')).toBeNull();
  });

  it('is read with its reason from the submitted modal, and as nothing where it was not offered', () => {
    const { private_metadata = '' } = actModal(anIncident(), ['trust'], 'C0INCIDENTS') ?? {};

    expect(submitted('extend-4', private_metadata)).toEqual({
      kind: 'act',
      user: 'U0ONCALL',
      incidentId: anIncident().id,
      choice: { action: 'extend', hours: 4 },
      reason: 'we wait for a vendor',
      channel: 'C0INCIDENTS',
    });
    expect(submitted('extend-400', private_metadata)).toEqual({ kind: 'other' });
    expect(submitted('take', '{"value":"inc-1.0","channel":null}')).toEqual({ kind: 'other' });
    expect(submitted('take', private_metadata, 'another')).toEqual({ kind: 'other' });
    expect(choiceOf('__proto__')).toBeNull();
  });
});
