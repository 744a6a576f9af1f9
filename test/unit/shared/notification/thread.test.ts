import { ABOUTS } from '../../../../shared/notification/about';
import { noteAbout, secretName } from '../../../../shared/notification/thread';
import { anIncident, aWitness } from '../../../fixtures/incident';

const evidence = {
  bucket: 'evidence',
  manifestKey: 'incidents/x/manifest.json',
  manifestVersionId: null,
  manifestSha256: 'abc',
  artifacts: 9,
  missing: ['role: AccessDenied: no'],
  lockedUntil: '2027-11-20T10:05:00.000Z',
};

describe('what is said in the thread', () => {
  it.each(ABOUTS)('is a title and lines, or nothing, for %s', (about) => {
    const note = noteAbout(about, anIncident(), ['one', 'two']);

    expect(note === null || (note.title !== '' && note.lines.includes('two'))).toBe(true);
  });

  it.each([
    'not-released',
    'released',
    'relapse',
    'escalated',
    'folded',
    'drift',
    'drift-escalated',
    'candidate',
    'failure',
    'evidence',
    'secrets',
    'closed',
  ] as const)('repeats every sentence of the announcement %s', (about) => {
    expect(noteAbout(about, anIncident(), ['one', 'two'])?.lines).toEqual(
      expect.arrayContaining(['one', 'two']),
    );
  });

  it.each([
    'observed',
    'question',
    'contained',
    'decided',
    'unparseable',
    'suspect-gone',
    'refused',
  ] as const)('is nothing where the message itself says it: %s', (about) => {
    expect(noteAbout(about, anIncident(), [])).toBeNull();
  });

  it('says what was seen last, where a finding came to an open incident', () => {
    const witnesses = {
      'f-2': aWitness({
        id: 'f-2',
        rule: 'ModeTagChanged',
        title: 'The tag tourniquet:mode was taken off',
        description: 'by alice',
        lastSeen: '2026-11-20T10:30:00.000Z',
      }),
      'f-1': aWitness(),
    };

    expect(noteAbout('folded', anIncident({ witnesses }), [])?.lines).toEqual([
      'Seen last: ModeTagChanged: The tag tourniquet:mode was taken off',
      'by alice',
    ]);
  });

  it('says what evidence there is, what is missing and what it shows (invariant 8)', () => {
    const note = noteAbout('evidence', anIncident({ evidence, investigation: ['No known sign'] }), []);

    expect(note).toEqual({
      title: 'Evidence: 9 artifacts sealed until 2027-11-20',
      lines: [
        's3://evidence/incidents/x/manifest.json',
        'sha256 of the manifest abc',
        'Missing: role: AccessDenied: no',
        'No known sign',
      ],
    });
  });

  it('says that there is no evidence', () => {
    expect(noteAbout('evidence', anIncident(), [])?.title).toBe('Evidence could not be gathered');
  });

  it('names secrets without their ARN, and says what became of each', () => {
    const secrets = [
      {
        secretArn: 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:team/payments-AbCdEf',
        outcome: 'rotated' as const,
        detail: 'rotated: it belongs to this function alone',
        at: '2026-11-20T10:06:00.000Z',
      },
    ];

    expect(noteAbout('secrets', anIncident({ secrets }), [])?.lines).toEqual([
      'team/payments-AbCdEf: rotated: it belongs to this function alone',
    ]);
    expect(noteAbout('secrets', anIncident(), [])?.title).toContain('names none');
  });

  it('does not say of a function that is running that it stays contained', () => {
    expect(noteAbout('escalated', anIncident({ status: 'asking' }), [])?.title).not.toMatch(/contained/);
    expect(noteAbout('escalated', anIncident({ status: 'contained' }), [])?.title).toMatch(/stays contained/);
  });

  it('says what came back', () => {
    expect(noteAbout('relapse', anIncident({ relapse: 'Trojan: again' }), [])?.lines).toContain(
      'Trojan: again',
    );
  });

  it('says where the post-mortem is', () => {
    expect(
      noteAbout('closed', anIncident({ postMortemKey: 'incidents/x/post-mortem.md' }), [])?.lines,
    ).toContain('Post-mortem: incidents/x/post-mortem.md');
  });
});

describe('secretName', () => {
  it.each([
    ['arn:aws:secretsmanager:eu-west-1:123456789012:secret:a/b-AbCdEf', 'a/b-AbCdEf'],
    ['the one named by DB_SECRET_NAME', 'the one named by DB_SECRET_NAME'],
  ])('of %s is %s', (arn, name) => {
    expect(secretName(arn)).toBe(name);
  });
});
