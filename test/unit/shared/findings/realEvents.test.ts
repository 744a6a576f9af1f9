import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEvent } from '../../../../shared/findings/parseEvent';
import { eventOf } from '../../../fixtures/guardDuty';
import { ROOT } from '../../../fixtures/repository';

/*
 * Findings that others have published. They are not part of this repository: beside it, where they are to be had, and
 * always in CI.
 */

const RELATIVE = '../shared/corpus/guardduty.jsonl';
const PATH = join(ROOT, RELATIVE);
const present = existsSync(PATH);
const required = Boolean(process.env.CI);

type Published = { readonly id: string; readonly envelope: boolean; readonly event: unknown };
const published: readonly Published[] = present
  ? readFileSync(PATH, 'utf8')
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map((line) => JSON.parse(line) as Published)
  : [];

const where = present ? '' : ` (${required ? 'needed in CI' : 'skipped'}: there is no ${RELATIVE})`;

describe('findings that others have published', () => {
  (present || required ? it : it.skip)(
    `are read or refused in one sentence, without throwing${where}`,
    () => {
      expect(published.length).toBeGreaterThan(0);
      for (const { id, envelope, event } of published) {
        const parsed = parseEvent(envelope ? event : eventOf(event), new Date('2026-11-20T10:06:00.000Z'));
        const said = parsed.kind === 'finding' ? parsed.finding.suspect.functionName : parsed.reason;

        expect([id, said]).toEqual([id, expect.stringMatching(/^[^\r\n]+$/)]);
      }
    },
  );

  (present || required ? it : it.skip)(`are none of ours unless they are about a function${where}`, () => {
    expect(published.length).toBeGreaterThan(0);
    for (const { envelope, event } of published) {
      const parsed = parseEvent(envelope ? event : eventOf(event), new Date('2026-11-20T10:06:00.000Z'));
      const aboutFunction = /"[lL]ambdaDetails":\s*\{/.test(JSON.stringify(event));

      expect(parsed.kind === 'finding').toBe(aboutFunction);
    }
  });
});
