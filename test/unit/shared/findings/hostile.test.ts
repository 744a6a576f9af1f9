import fc from 'fast-check';
import type { ParsedFinding } from '../../../../shared/findings/finding';
import { parseEvent } from '../../../../shared/findings/parseEvent';
import { detailOf } from '../../../fixtures/guardDuty';
import {
  alarm,
  alarmEvent,
  asff,
  contributor,
  contributorEvent,
  guardDutyAsAsff,
  guardDutyAsOcsf,
  guardDutyEvent,
  hubEvent,
  hubV2Event,
  ocsf,
  ofSession,
  roleActor,
  sequenceOf,
} from '../../../fixtures/managedFindings';
import { eachIn } from '../../../fixtures/parsed';

/*
 * Whatever stands in an event of AWS, nothing throws, and what is said of it is one line: titles, names and tags are
 * chosen by whoever attacks.
 */

const NOW = new Date('2026-11-20T10:06:00.000Z');
const ONE_LINE = /^[^\r\n\u2028\u2029]+$/;
const NAMES = /^[\w+=,.@-]{1,64}$/;

const isSound = (one: ParsedFinding): boolean => {
  if (one.kind !== 'finding') return ONE_LINE.test(one.reason);
  const { finding } = one;
  const sessions = finding.named?.sessions ?? [];
  return (
    finding.id.length > 0 &&
    finding.id.length <= 700 &&
    finding.severity >= 0 &&
    finding.severity <= 10 &&
    !Number.isNaN(Date.parse(finding.firstSeen)) &&
    !Number.isNaN(Date.parse(finding.lastSeen)) &&
    (finding.suspect === null) !== (finding.named === undefined) &&
    sessions.every(
      ({ roleName, session }) => NAMES.test(roleName) && (session === null || NAMES.test(session)),
    )
  );
};

/** Every path to a value in a document. */
const pathsOf = (value: unknown, path: readonly string[] = []): readonly (readonly string[])[] =>
  typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([key, inner]) => [[...path, key], ...pathsOf(inner, [...path, key])])
    : [];

const withAt = (value: unknown, [key, ...rest]: readonly string[], replacement: unknown): unknown => {
  if (key === undefined) return replacement;
  const inner = (value as Record<string, unknown>)[key];
  const replaced = withAt(inner, rest, replacement);
  return Array.isArray(value)
    ? value.map((entry, index) => (String(index) === key ? replaced : entry))
    : { ...(value as object), [key]: replaced };
};

const EVENTS: readonly [string, unknown][] = [
  ['GuardDuty about a function', guardDutyEvent(detailOf())],
  ['GuardDuty about a session', guardDutyEvent(ofSession())],
  ['an attack sequence', guardDutyEvent(sequenceOf([roleActor()], [{ uid: 'x' }]))],
  ['Security Hub', hubEvent(asff(), guardDutyAsAsff())],
  ['Security Hub, second version', hubV2Event(ocsf(), guardDutyAsOcsf())],
  ['an alarm', alarmEvent(alarm())],
  ["an alarm's contributor", contributorEvent(contributor())],
];

describe.each(EVENTS)('an event of %s', (_what, event) => {
  const paths = pathsOf(event);

  it('never throws, and says one line, whatever stands in any of its fields (property)', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...paths),
        fc.oneof(
          fc.jsonValue(),
          fc.string({ unit: 'binary', maxLength: 600 }),
          fc.double(),
          fc.constantFrom(
            undefined,
            Number.MAX_VALUE,
            1e300,
            '\u2028x\n',
            'arn:aws:iam::123456789012:role/x',
          ),
        ),
        (path, value) => eachIn(parseEvent(withAt(event, path, value), NOW)).every(isSound),
      ),
      { numRuns: 300 },
    );
  });

  it('is read in a time that grows with its size, not beyond', () => {
    const long = `${'a/'.repeat(100_000)}:`;
    for (const path of paths)
      expect(eachIn(parseEvent(withAt(event, path, long), NOW)).every(isSound)).toBe(true);
  });

  it('does not exhaust the stack', () => {
    const deep = JSON.parse(`${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`) as unknown;
    for (const path of paths)
      expect(eachIn(parseEvent(withAt(event, path, deep), NOW)).every(isSound)).toBe(true);
  });

  it('delivered twice is one finding', () => {
    const id = () =>
      eachIn(parseEvent(structuredClone(event), NOW)).map((one) => one.kind === 'finding' && one.finding.id);

    expect(id()).toEqual(id());
  });
});
