import type { Asked } from '../../../shared/approval/answer';
import { answerQuestion } from '../../../shared/approval/answerQuestion';
import { decide } from '../../../shared/approval/decide';
import type { Incident } from '../../../shared/incident/incident';
import { listEntries, openIncident, type Records, updateIncident } from '../../../shared/incident/store';
import { aSuspect } from '../../fixtures/suspect';
import { incidentOf, type Stage, startStage } from '../containment/stage';

const APPROVERS = ['U0ONCALL'];

describe('what somebody was refused', () => {
  let stage: Stage;
  let records: Records;
  beforeAll(async () => {
    stage = await startStage('refusals');
    records = { ...stage.records, db: (await stage.as('slackInteractions')).db };
  });
  afterAll(() => stage.stop());

  const open = async (): Promise<Incident> => {
    const name = `victim-${Math.random().toString(36).slice(2)}`;
    const arn = `arn:aws:lambda:us-east-1:000000000000:function:${name}`;
    const incident = incidentOf(aSuspect({ functionName: name, arn }));
    await openIncident(stage.records, { ...incident, functionArn: arn }, {}, 'a rule: a title');
    const questions = [{ id: 'q1', secretArn: 'arn:secret', why: 'shared' }];
    await updateIncident(stage.records, incident.id, { status: 'contained', questions });
    return incident;
  };
  const ask = ({ id }: Incident, asked: Partial<Asked>) =>
    decide(
      { incidentId: id, action: 'release', by: 'U0ONCALL', via: 'slack', reason: '', press: null, ...asked },
      { records, stepFunctions: stage.clients.stepFunctions, approvers: APPROVERS },
    );
  const refusalsOf = async ({ id }: Incident) =>
    (await listEntries(records, id)).filter(({ kind }) => kind.endsWith('-refused'));

  it('is in the history, with who and why: a decision', async () => {
    const incident = await open();
    await ask(incident, { by: 'U0STRANGER' });
    await ask(incident, { action: 'contain' });

    expect(await refusalsOf(incident)).toMatchObject([
      {
        kind: 'decision-refused',
        by: 'U0STRANGER',
        text: 'U0STRANGER (slack) was refused release: U0STRANGER is not on the list of approvers',
      },
      { kind: 'decision-refused', by: 'U0ONCALL', text: expect.stringContaining('refused contain') },
    ]);
  });

  it('is in the history: an answer about a secret, by a stranger or too late', async () => {
    const incident = await open();
    const reply = (by: string) =>
      answerQuestion({ incidentId: incident.id, questionId: 'q1', answer: 'rotate', by }, records, APPROVERS);
    for (const by of ['U0STRANGER', 'U0ONCALL', 'U0ONCALL']) await reply(by);

    expect((await refusalsOf(incident)).map(({ kind, by, text }) => [kind, by, text])).toEqual([
      [
        'question-refused',
        'U0STRANGER',
        'U0STRANGER was refused the answer rotate: U0STRANGER is not on the list of approvers',
      ],
      [
        'question-refused',
        'U0ONCALL',
        'U0ONCALL was refused the answer rotate: this question has been answered already',
      ],
    ]);
  });

  it('is there once, however often the same is tried in a row', async () => {
    const incident = await open();
    for (let times = 0; times < 5; times++) await ask(incident, { by: 'U0STRANGER' });

    expect(await refusalsOf(incident)).toHaveLength(1);
  });

  it('begins no history of an incident that there is none of', async () => {
    const nothing = { ...(await open()), id: 'inc-20260101-ffffffffffff' };

    expect(await ask(nothing, { by: 'U0STRANGER' })).toMatchObject({ code: 'not-an-approver' });
    expect(await listEntries(records, nothing.id)).toEqual([]);
  });
});
