import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { root } from '../../../local/aws/state';

type Policy = Readonly<Record<string, unknown>>;
type Lines = { readonly values: Policy; readonly lineOf: (path: readonly (string | number)[]) => number };
const { loadPolicy, readPolicyText } = require('../../../infrastructure/policyFile.cjs') as {
  loadPolicy: (file: string) => { policy: Policy; warnings: readonly string[] };
  readPolicyText: (text: string, file: string) => Lines;
};
const { checkConfig } = require('../../../infrastructure/config.cjs') as {
  checkConfig: (parameters: Policy, source?: object) => Policy;
};

const directory = mkdtempSync(join(tmpdir(), 'tourniquet-policy-'));
afterAll(() => rmSync(directory, { recursive: true }));

const load = (text: string) => {
  const file = join(directory, 'policy.yml');
  writeFileSync(file, text);
  return loadPolicy(file);
};

/** What is said of a policy: its problems, or its warnings, without the directory. */
const said = (text: string): string => {
  try {
    return load(text).warnings.join('\n').replaceAll(`${directory}/`, '');
  } catch (error) {
    return (error as Error).message.replaceAll(`${directory}/`, '');
  }
};

const soon = new Date(Date.now() + 30 * 24 * 3600_000).toISOString().slice(0, 10);
const suppression = (lines: readonly string[]) => `suppressions:\n  - ${lines.join('\n    ')}\n`;
const GOOD = [
  'rule: function-url-public',
  "functions: 'web-*'",
  'owner: team-web@example.com',
  'reason: previews',
  `until: ${soon}`,
];

describe('the policy file', () => {
  it('that is shipped is valid, and changes nothing of what is the default', () => {
    const shipped = loadPolicy(join(root, 'policy.yml'));

    expect(shipped.warnings).toEqual([]);
    expect(shipped.policy).toEqual(load('').policy);
  });

  it.each([
    [
      'a value that is none',
      'approvers: []\n\ndefaultMode: contain\n',
      'policy.yml:3: defaultMode must be one of',
    ],
    [
      'a route that would silence pages at night',
      "routes:\n  - hours: { from: '22:00', to: '06:00' }\n    page: false\n",
      'policy.yml:3: routes entry 1 page must not be false at some hours: quiet hours silence no page',
    ],
    [
      'a rule of approvals that asks for too many',
      'approvals:\n  - functions: a\n    people: 9\n',
      'policy.yml:3: approvals entry 1 people must be 1, 2 or 3',
    ],
    [
      'a rehearsal in another account',
      "releaseFrom:\n  stagedIn:\n    - { functions: '*', in: 'arn:aws:lambda:eu-west-1:111122223333:function:a' }\n",
      'policy.yml:3: releaseFrom stagedIn entry 1 in must be a function of this account',
    ],
    [
      "a tag of AWS's own as a source",
      'releaseFrom:\n  tags: { "aws:cloudformation:stack-name": x }\n',
      'policy.yml:2: releaseFrom tags',
    ],
    [
      'a person of one principal',
      'samePerson:\n  - [U0ALICE]\n',
      'policy.yml:2: samePerson entry 1 needs two principals at least',
    ],
    [
      'a keyword that is too short',
      'keywords:\n  - text: override\n  - { text: x }\n',
      'policy.yml:3: keywords entry 2 text must have 3 characters',
    ],
    [
      'a list of addresses that is not there',
      'badAddresses: nowhere.txt\n',
      'policy.yml:1: badAddresses cannot be read: there is no nowhere.txt',
    ],
    [
      'a key that is none',
      'defaultMode: ask\nmods: []\n',
      'policy.yml:2: "mods" is no policy: it may be one of',
    ],
    ['a key that is there twice', 'defaultMode: ask\ndefaultMode: ask\n', 'policy.yml:2: '],
    [
      'an approver that is none',
      'approvers:\n  - U0ONCALL\n  - alice\n',
      'policy.yml:3: approvers entry 2 must hold',
    ],
    [
      'a comma in an entry',
      "knownDeployers:\n  - 'ci, cd'\n",
      'policy.yml:2: knownDeployers entry 1 must hold',
    ],
    [
      'everybody as a deployer',
      "knownDeployers: ['*']\n",
      'policy.yml:1: knownDeployers entry 1 must not be * alone',
    ],
    [
      'an account whose 0 YAML took for a number',
      'ownAccounts: [012345678901]\n',
      'policy.yml:1: ownAccounts entry 1 must hold account ids of 12 digits alone (in quotes',
    ],
    [
      'a mode that is none',
      "modes:\n  - { functions: 'a', mode: ask }\n  - { functions: 'b', mode: stop }\n",
      'policy.yml:3: modes entry 2 needs mode',
    ],
    [
      'a mode that never decides',
      "modes:\n  - functions: '*'\n    mode: ask\n  - functions: b\n    mode: respond\n",
      'policy.yml:4: modes entry 2 never decides: entry 1 comes first',
    ],
    ['what is no YAML', 'modes: [\n', 'policy.yml:'],
    ['a list for a policy', '- defaultMode: ask\n', 'policy.yml:1: must be keys and values'],
    ['a number that is none', 'breakerCount: many\n', 'policy.yml:1: breakerCount must be a number from 2'],
    ['a number out of range', '\nwatchSeconds: 1\n', 'policy.yml:2: watchSeconds must be at least 5 seconds'],
    [
      'anchors',
      'modes: &a\n  - { functions: x, mode: ask }\napprovers: *a\n',
      'policy.yml:3: must be written out',
    ],
  ])('refuses %s, by its line', (_what, text, expected) => {
    expect(said(text)).toContain(expected);
  });

  it('takes a suppression that has an owner, a reason and an end', () => {
    const { policy, warnings } = load(suppression(GOOD));

    expect(warnings).toEqual([]);
    expect(policy.suppressions).toEqual([
      {
        rule: 'function-url-public',
        functions: 'web-*',
        owner: 'team-web@example.com',
        reason: 'previews',
        // A day lasts to its end.
        until: Date.parse(soon) + 24 * 3600_000,
      },
    ]);
  });

  it.each([0, 1, 2, 3, 4].map((left) => [(GOOD[left] ?? '').split(':')[0] ?? '', left]))(
    'refuses a suppression without %s, by the line where it begins or belongs',
    (key, left) => {
      const text = suppression(GOOD.filter((_line, index) => index !== left));

      expect(said(text)).toMatch(new RegExp(`^policy.yml:\\d: suppressions entry 1 ${key} needs ${key}`));
    },
  );

  it.each([
    ['until: 2999-01-01', 'policy.yml:6: suppressions entry 1 until must be within a year'],
    ['until: 2027-02-31', 'policy.yml:6: suppressions entry 1 until must be a day'],
    ['until: tomorrow', 'policy.yml:6: suppressions entry 1 until must be a day'],
    [
      'till: 2027-02-01',
      'suppressions entry 1 has "till": it may have rule, functions, by, owner, reason, until alone',
    ],
  ])('refuses a suppression with %s', (line, expected) => {
    expect(said(suppression([...GOOD.slice(0, 4), line]))).toContain(expected);
  });

  it('refuses a suppression of everything', () => {
    expect(said(suppression(["rule: '*'", "functions: '*'", ...GOOD.slice(2)]))).toContain(
      'policy.yml:2: suppressions entry 1 rule must not be * for all functions',
    );
  });

  it('warns of what has ended, and refuses nothing for that', () => {
    expect(said(suppression([...GOOD.slice(0, 4), 'until: 2026-01-31']))).toBe(
      'policy.yml:2: suppressions entry 1 has ended: take it out',
    );
  });

  const window = (lines: readonly string[]) =>
    `maintenance:\n  - functions: 'batch-*'\n    owner: o\n    reason: r\n    ${lines.join('\n    ')}\n`;

  it.each([
    [["weekly: { day: sunday, from: '02:00', hours: 4 }"], ''],
    [['from: 2026-12-01', 'until: 2026-12-02'], ''],
    [['most: ask'], 'maintenance entry 1 functions needs weekly, or from and until'],
    [['from: 2026-12-02', 'until: 2026-12-01'], 'policy.yml:6: maintenance entry 1 until must be after from'],
    [['from: 2026-12-02', 'until: 2027-03-01'], 'until must be within 31 days of from'],
    [
      ["weekly: { day: Sunday, from: '02:00', hours: 4 }"],
      'policy.yml:5: maintenance entry 1 weekly day must be one of',
    ],
    [["weekly: { day: sunday, from: '2', hours: 4 }"], 'weekly from must be a time of day in UTC'],
    [["weekly: { day: sunday, from: '02:00', hours: 100 }"], 'weekly hours must be at most 48'],
    [["weekly: { day: sunday, from: '02:00', hours: 4 }", 'most: respond'], 'most must be observe or ask'],
  ])('judges a maintenance window of %j', (lines, expected) => {
    const text = said(window(lines));
    if (expected === '') expect(text).toBe('');
    else expect(text).toContain(expected);
  });

  it('names the line of the file where a deployment is refused, and the parameter where that was given', () => {
    const file = 'policy/prod.yml';
    const { values, lineOf } = readPolicyText(
      'defaultMode: ask\napprovers: [alice]\nbreakerCount: 1\n',
      file,
    );
    const source = { file, lineOf, given: { breakerCount: 1 } };
    const refused = () => checkConfig({ ...values, slackChannel: 'general' }, source);

    expect(refused).toThrow('\n  - policy/prod.yml:2: approvers entry 1 must hold');
    expect(refused).toThrow('\n  - breakerCount must be at least 2');
    expect(refused).toThrow('\n  - slackChannel must be');
  });

  it('answers whatever is in it with a policy or with lines that begin with its name', () => {
    const key = fc.constantFrom('modes', 'approvers', 'suppressions', 'maintenance', 'defaultMode', 'x');
    const value = fc.oneof(fc.jsonValue(), fc.string());
    fc.assert(
      fc.property(fc.array(fc.tuple(key, value)), (entries) => {
        const text = entries.map(([name, of]) => `${name}: ${JSON.stringify(of)}`).join('\n');
        for (const line of said(text).split('\n')) expect(line).toMatch(/^(?:$|policy\.yml:\d+: )/);
      }),
      { numRuns: 300 },
    );
  });
});
