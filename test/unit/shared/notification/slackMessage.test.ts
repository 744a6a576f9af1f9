import type { KnownBlock } from '@slack/web-api';
import fc from 'fast-check';
import { type Incident, type Question, STATUSES } from '../../../../shared/incident/incident';
import { incidentMessage, questionBlocks, threadNote } from '../../../../shared/notification/slackMessage';
import { aDecision, aLedger, anIncident, aWitness } from '../../../fixtures/incident';

type Text = { readonly type: string; readonly text: string; readonly verbatim?: boolean };

const isText = (value: unknown): value is Text =>
  typeof value === 'object' &&
  value !== null &&
  'text' in value &&
  typeof value.text === 'string' &&
  'type' in value &&
  (value.type === 'mrkdwn' || value.type === 'plain_text');

/** Every text in some blocks, wherever it is. */
const textsIn = (value: unknown): readonly Text[] => {
  if (isText(value)) return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
};
const mrkdwnIn = (blocks: readonly KnownBlock[]): readonly Text[] =>
  textsIn(blocks).filter(({ type }) => type === 'mrkdwn');

/** Slack's limits (Block Kit reference). */
const assertLimits = (blocks: readonly KnownBlock[]): void => {
  expect(blocks.length).toBeLessThanOrEqual(50);
  for (const block of blocks) {
    expect((block.block_id ?? '').length).toBeLessThanOrEqual(255);
    if (block.type === 'header') expect(block.text.text.length).toBeLessThanOrEqual(150);
    if (block.type === 'section') {
      const { text, fields = [] } = block;
      if (text !== undefined) expect(text.text.length).toBeLessThanOrEqual(3000);
      expect(fields.length).toBeLessThanOrEqual(10);
      for (const field of fields) expect(field.text.length).toBeLessThanOrEqual(2000);
    }
    if (block.type === 'context') {
      expect(block.elements.length).toBeLessThanOrEqual(10);
    }
    if (block.type === 'actions') {
      expect(block.elements.length).toBeLessThanOrEqual(25);
      for (const element of block.elements) {
        if (element.type !== 'button') continue;
        expect(element.text.text.length).toBeLessThanOrEqual(75);
        expect((element.value ?? '').length).toBeLessThanOrEqual(2000);
        expect((element.action_id ?? '').length).toBeLessThanOrEqual(255);
      }
    }
  }
  for (const { text } of textsIn(blocks)) expect(text.length).toBeGreaterThan(0);
};

const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.constantFrom(
    '<!channel>',
    '<!here|x>',
    '<@U0ALICE>',
    '<https://evil.example|Release>',
    '*bold*',
    '`code`',
    '&&&&',
    '\ud83d',
    'x'.repeat(10_000),
    '<'.repeat(10_000),
    '\n'.repeat(5000),
  ),
);

const hostileIncident: fc.Arbitrary<Incident> = fc
  .record({
    status: fc.constantFrom(...STATUSES),
    functionName: fc.option(hostile),
    functionArn: fc.option(hostile),
    because: fc.array(hostile),
    rule: hostile,
    title: hostile,
    description: hostile,
    reason: hostile,
    by: hostile,
    siblings: fc.array(hostile),
    decided: fc.boolean(),
  })
  .map(({ rule, title, description, reason, by, decided, ...rest }) =>
    anIncident({
      ...rest,
      witnesses: { 'f-1': aWitness({ rule, title, description }) },
      ...(decided ? { decision: aDecision({ by, reason }) } : {}),
    }),
  );

describe("an incident's message", () => {
  it.each(STATUSES)('can be shown while it is %s', (status) => {
    const { text, blocks } = incidentMessage(anIncident({ status }), aLedger());

    assertLimits(blocks);
    expect(text).toContain('order-worker');
  });

  it('can be shown for an event that names no function and no finding', () => {
    const { text, blocks } = incidentMessage(
      anIncident({ status: 'unparseable', functionArn: null, functionName: null, witnesses: {} }),
      [],
    );

    assertLimits(blocks);
    expect(text).toContain('an event that names no function');
  });

  it("keeps to Slack's limits and mentions nobody, whatever it is about (property)", () => {
    fc.assert(
      fc.property(hostileIncident, (incident) => {
        const ledger = aLedger().map((record) => ({
          ...record,
          detail: incident.because[0] ?? record.detail,
        }));
        const { text, blocks } = incidentMessage(incident, ledger);
        assertLimits(blocks);
        for (const shown of [text, ...mrkdwnIn(blocks).map((element) => element.text)]) {
          expect(shown).not.toMatch(/<(?!@[UW][A-Z0-9]{2,20}>)/);
          expect(() => encodeURIComponent(shown)).not.toThrow();
        }
        for (const { verbatim } of mrkdwnIn(blocks)) expect(verbatim).toBe(true);
      }),
    );
  });

  it('mentions only who decided', () => {
    const { blocks } = incidentMessage(anIncident({ decision: aDecision({ by: 'U0ONCALL' }) }), []);

    expect(JSON.stringify(blocks).match(/<@[^>]+>/g)).toEqual(['<@U0ONCALL>']);
  });

  it("shows a finding's own words as plain text, so that they cannot pose as ours", () => {
    const description = '*Release ordered* by the on-call';
    const { blocks } = incidentMessage(anIncident({ witnesses: { f: aWitness({ description }) } }), []);

    expect(mrkdwnIn(blocks).filter(({ text }) => text.includes('*Release ordered*'))).toEqual([]);
    expect(JSON.stringify(blocks)).toContain('Release ordered');
  });

  it('carries an opaque id in its buttons: the incident and what stands for its present state, nothing else', () => {
    const { blocks } = incidentMessage(anIncident({ press: { id: 'ab'.repeat(16), state: 'x' } }), aLedger());
    const values = blocks.flatMap((block) =>
      block.type === 'actions' ? block.elements.map((element) => (element as { value?: string }).value) : [],
    );

    expect(values.length).toBeGreaterThan(0);
    expect(new Set(values)).toEqual(new Set([`inc-20261120-0123456789ab.${'ab'.repeat(16)}`]));
  });

  it('has another block id for every state, so that Slack shows the new buttons', () => {
    const idOf = (id: string) =>
      incidentMessage(anIncident({ press: { id, state: '' } }), []).blocks.find(
        ({ type }) => type === 'actions',
      )?.block_id;

    expect(idOf('1')).not.toBe(idOf('2'));
  });

  it('shows nothing that is in the record but meant for nobody: tokens, bucket, executions (invariant 5)', () => {
    const incident = {
      ...anIncident({ executionArn: 'arn:aws:states:eu-west-1:123456789012:execution:m:SECRET-EXECUTION' }),
      token: 'SECRET-TOKEN',
      taskToken: 'SECRET-TOKEN',
    };
    const shown = JSON.stringify(incidentMessage(incident, aLedger()));

    expect(shown).not.toContain('SECRET');
  });

  it('asks before it releases', () => {
    expect(JSON.stringify(incidentMessage(anIncident(), []).blocks)).toContain('Release this function?');
  });

  it('keeps a reason on one line', () => {
    const { blocks } = incidentMessage(
      anIncident({ decision: aDecision({ action: 'false_positive', reason: 'a\n\n*Released* by x' }) }),
      [],
    );
    const shown = mrkdwnIn(blocks).find(({ text }) => text.includes('Called a false positive'));

    expect(shown?.text.split('\n')).toHaveLength(2);
  });
});

describe("a note in an incident's thread", () => {
  it("keeps to Slack's limits, whatever it says (property)", () => {
    fc.assert(
      fc.property(hostile, fc.array(hostile, { maxLength: 60 }), (title, lines) => {
        fc.pre(title.trim() !== '');
        const { text, blocks } = threadNote(title, lines);
        assertLimits(blocks);
        expect(text.length).toBeLessThanOrEqual(1500);
        expect(`${text}${JSON.stringify(blocks)}`).not.toMatch(/<[!@#h]/);
      }),
    );
  });

  it('lets no line of others begin a line of its own', () => {
    const { blocks } = threadNote('Evidence', [
      'The code bears a sign, in evil.js\n• Evidence: complete\r\u2028x',
    ]);

    expect(mrkdwnIn(blocks)[0]?.text.split(/[\n\r\u2028\u2029]/)).toHaveLength(2);
  });
});

describe('the way out', () => {
  const said = (incident: Incident) =>
    textsIn(incidentMessage(incident, aLedger()).blocks).map(({ text }) => text);

  it('stands in the message of a contained function, and in no other', () => {
    expect(said(anIncident()).join()).toContain('npx tourniquet undo inc-20261120-0123456789ab');
    expect(said(anIncident({ status: 'closed' })).join()).not.toContain('undo');
  });
});

describe('questions about secrets', () => {
  const question = (changes: Partial<Question> = {}): Question => ({
    id: 'abcdef012345',
    secretArn: 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:payments-AbCdEf',
    why: 'it is also used by invoice-mailer',
    ...changes,
  });

  it('have two buttons each while they are open', () => {
    const blocks = questionBlocks(anIncident(), [question(), question({ id: '012345abcdef' })]);

    assertLimits(blocks);
    expect(blocks.map(({ type }) => type)).toEqual(['section', 'actions', 'section', 'actions']);
    expect(JSON.stringify(blocks)).toContain('"value":"inc-20261120-0123456789ab.abcdef012345"');
  });

  it.each([
    ['rotate', 'To be rotated'],
    ['leave', 'Left as it is'],
  ] as const)('say who decided once they are answered: %s', (answer, said) => {
    const blocks = questionBlocks(anIncident(), [question({ answer, answeredBy: 'U0ONCALL' })]);

    expect(blocks.map(({ type }) => type)).toEqual(['section', 'context']);
    expect(JSON.stringify(blocks)).toContain(`${said}, decided by <@U0ONCALL>`);
  });

  it('mention nobody, whatever the secret is called (property)', () => {
    fc.assert(
      fc.property(hostile, hostile, (secretArn, why) => {
        const blocks = questionBlocks(anIncident(), [question({ secretArn, why })]);
        assertLimits(blocks);
        expect(JSON.stringify(blocks)).not.toMatch(/<[!@#h]/);
      }),
    );
  });
});
