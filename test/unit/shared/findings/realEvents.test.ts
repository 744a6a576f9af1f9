import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAsff } from '../../../../shared/findings/asff';
import type { ParsedFinding } from '../../../../shared/findings/finding';
import { GUARDDUTY_LAMBDA_TYPES } from '../../../../shared/findings/guardDuty';
import { parseOcsf } from '../../../../shared/findings/ocsf';
import { parseEvent } from '../../../../shared/findings/parseEvent';
import { detailOf, eventOf, FUNCTION_ARN } from '../../../fixtures/guardDuty';
import { eachIn, findingIn, reasonIn } from '../../../fixtures/parsed';
import { ROOT } from '../../../fixtures/repository';

/*
 * Findings that others have published. They are not part of this repository: beside it, where they are to be had, and
 * always in CI.
 */

const FOLDER = join(ROOT, '../shared/corpus');
const FILES = ['guardduty', 'asff', 'ocsf', 'alarm', 'eventbridge'] as const;
type File = (typeof FILES)[number];
const NOW = new Date('2026-11-20T10:06:00.000Z');
const required = Boolean(process.env.CI);

type Published = { readonly id: string; readonly envelope: boolean; readonly event: unknown };

const pathOf = (file: File): string => join(FOLDER, `${file}.jsonl`);
const published = (file: File): readonly Published[] =>
  existsSync(pathOf(file))
    ? readFileSync(pathOf(file), 'utf8')
        .split('\n')
        .filter((line) => line.trim() !== '')
        .map((line) => JSON.parse(line) as Published)
    : [];

const present = FILES.every((file) => existsSync(pathOf(file)));
const where = present ? '' : ` (${required ? 'needed in CI' : 'skipped'}: there is no ../shared/corpus)`;
const test = present || required ? it : it.skip;

/** A bare record as its source would send it: ASFF and OCSF come one by one. */
const outcomesOf = (file: File, { envelope, event }: Published): readonly ParsedFinding[] => {
  const findings = (event as { Findings?: readonly unknown[] }).Findings ?? [event];
  if (!envelope && file === 'asff') return findings.map((one) => parseAsff(one, NOW.toISOString()));
  if (!envelope && file === 'ocsf') return findings.map((one) => parseOcsf(one, NOW.toISOString()));
  return eachIn(parseEvent(!envelope && file === 'guardduty' ? eventOf(event) : event, NOW));
};

const counted = (file: File): Readonly<Record<string, number>> => {
  const counts: Record<string, number> = {};
  for (const { kind } of published(file).flatMap((one) => outcomesOf(file, one)))
    counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
};

describe('findings that others have published', () => {
  test.each(FILES)(`are read or refused in one sentence, without throwing: %s${where}`, (file) => {
    const records = published(file);

    expect(records.length).toBeGreaterThan(0);
    for (const record of records)
      for (const one of outcomesOf(file, record)) {
        const said = one.kind === 'finding' ? one.finding.title : one.reason;
        expect([record.id, said]).toEqual([record.id, expect.stringMatching(/^[^\r\n]+$/)]);
      }
  });

  test(`are none of ours unless they are about a function or a role's session${where}`, () => {
    for (const { envelope, event } of published('guardduty')) {
      const [parsed] = eachIn(parseEvent(envelope ? event : eventOf(event), NOW));
      const text = JSON.stringify(event);
      const ours = /"[lL]ambdaDetails":\s*\{|"[uU]serType":\s*"(?:Role|AssumedRole)"/.test(text);

      expect(parsed?.kind === 'finding').toBe(ours);
    }
  });

  // None of Security Hub's is high, new and about a function or its role, and none of the alarms is ours.
  test.each<[File, Readonly<Record<string, number>>]>([
    ['guardduty', { nothing: 6, unparseable: 17 }],
    ['asff', { nothing: 160, unparseable: 1 }],
    ['ocsf', { nothing: 9 }],
    ['alarm', { nothing: 5, unparseable: 7 }],
    ['eventbridge', { unparseable: 27 }],
  ])(`come to as many of each outcome as the docs say: %s${where}`, (file, expected) => {
    expect(counted(file)).toEqual(expected);
  });
});

/*
 * DERIVED: GuardDuty's findings about functions are published nowhere. Five of the seven types have a twin among the
 * recorded ones about EC2 instances. What is recorded stays (the network action, times, severity, text); the resource is
 * a function's and the type the twin's, both put in mechanically.
 */
const twins = (): readonly { readonly type: string; readonly detail: Record<string, unknown> }[] =>
  published('guardduty').flatMap(({ event }) => {
    const recorded = ((event as Record<string, unknown>).detail ?? event) as Record<string, unknown>;
    const type = String(recorded.type ?? recorded.Type).replace(':EC2/', ':Lambda/');
    if (!GUARDDUTY_LAMBDA_TYPES.some((known) => known === type)) return [];
    const { type: _t, Type: _T, resource: _r, Resource: _R, ...rest } = recorded;
    return [
      rest.Id === undefined
        ? { type, detail: { ...rest, type, resource: detailOf().resource } }
        : {
            type,
            detail: {
              ...rest,
              Type: type,
              Resource: {
                ResourceType: 'Lambda',
                LambdaDetails: { FunctionArn: FUNCTION_ARN, FunctionVersion: '7' },
              },
            },
          },
    ];
  });

describe('derived: recorded findings about instances, made into those of functions', () => {
  test(`there is one for five of the seven types${where}`, () => {
    expect(
      twins()
        .map(({ type }) => type)
        .toSorted(),
    ).toEqual([
      'Trojan:Lambda/BlackholeTraffic',
      'Trojan:Lambda/DropPoint',
      'UnauthorizedAccess:Lambda/MaliciousIPCaller.Custom',
      'UnauthorizedAccess:Lambda/TorClient',
      'UnauthorizedAccess:Lambda/TorRelay',
    ]);
  });

  test(`each is a finding about the function, as far as its mode goes, with what was recorded${where}`, () => {
    for (const { type, detail } of twins()) {
      const finding = findingIn(parseEvent(eventOf(detail), NOW));

      expect(finding).toMatchObject({
        rule: type,
        severity: detail.severity ?? detail.Severity,
        title: detail.title ?? detail.Title,
        suspect: { arn: FUNCTION_ARN },
      });
      expect(finding.bound).toBeUndefined();
    }
  });

  test(`the recorded ones themselves are none of ours${where}`, () => {
    for (const { event, envelope } of published('guardduty').filter(({ event }) =>
      JSON.stringify(event).includes(':EC2/'),
    ))
      expect(reasonIn(parseEvent(envelope ? event : eventOf(event), NOW))).not.toBe('');
  });
});
