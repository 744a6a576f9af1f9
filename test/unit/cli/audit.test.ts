import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Audit, auditPage, differences, type Line } from '../../../cli/audit';
import { sealedHistories } from '../../../cli/sealedHistories';
import { BUNDLE_FORMAT, writeIndex } from '../../../shared/evidence/bundle';
import { linkEntry } from '../../../shared/incident/history';

const ID = 'inc-20261120-0123456789ab';
const first = linkEntry(ID, null, { at: '2026-11-20T10:00:00.000Z', kind: 'opened', text: 'a rule' });
const second = linkEntry(ID, first, {
  at: '2026-11-20T10:01:00.000Z',
  kind: 'decision',
  by: 'U0ONCALL',
  text: 'U0ONCALL (slack) decided: keep',
});
const lineOf = (entry: typeof first): Line => ({ ...entry, incident: ID });
const page = (audit: Partial<Audit>): string =>
  auditPage({ incidents: 1, entries: [first, second].map(lineOf), faults: [], ...audit });

describe('the page of the trail', () => {
  it('says who did what, when, and that it is whole', () => {
    const text = page({});

    expect(text).toContain(
      `2026-11-20T10:01:00.000Z  ${ID} #2  decision  U0ONCALL  U0ONCALL (slack) decided: keep`,
    );
    expect(text).toContain('#1  opened  tourniquet  a rule');
    expect(text).toContain('The histories of 1 incidents are whole.');
  });

  it('names every fault', () => {
    expect(page({ faults: [{ incident: ID, fault: 'entry 2 is missing' }] })).toContain(
      `${ID}: entry 2 is missing\nNOT whole: 1 faults`,
    );
  });

  it('gives a terminal no commands, whoever wrote them', () => {
    const hostile = '\u001b[2J\u0007\nforged  line\u202e';
    const text = page({
      entries: [{ ...lineOf(second), kind: hostile, by: hostile, text: hostile, at: hostile }],
    });

    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for.
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
    expect(text.split('\n')).toHaveLength(3);
  });
});

describe('what was sealed', () => {
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'tourniquet-audit-'));
    await mkdir(join(dir, 'artifacts', '0001', 'response'), { recursive: true });
  });
  afterEach(() => rm(dir, { recursive: true }));

  const index = writeIndex({
    format: BUNDLE_FORMAT,
    incident: ID,
    bucket: 'evidence',
    pulledAt: '2026-11-21T10:00:00.000Z',
    manifests: 1,
    notes: [],
  });
  const write = (path: readonly string[], content: unknown) =>
    writeFile(join(dir, ...path), typeof content === 'string' ? content : JSON.stringify(content));

  it('is compared with the table, entry by entry', async () => {
    await write(['bundle.json'], index);
    await write(['artifacts', '0001', 'response', 'history.json'], [first, second]);
    const [copy] = (await sealedHistories(dir)) ?? [];
    if (copy === undefined) throw new Error('there is no copy');
    const forged = linkEntry(ID, first, { at: second.at, kind: 'decision', text: 'nobody decided' });

    expect(differences(copy, [first, second])).toEqual([]);
    expect(differences(copy, [first, second, linkEntry(ID, second, first)])).toEqual([]);
    expect(differences(copy, [first, forged])).toEqual([
      {
        incident: ID,
        fault: 'entry 2 is another one than in artifacts/0001/response/history.json, which was sealed',
      },
    ]);
    expect(differences(copy, [first])).toEqual([
      {
        incident: ID,
        fault: 'entry 2 is missing that is in artifacts/0001/response/history.json, which was sealed',
      },
    ]);
  });

  it('is found in a post-mortem too', async () => {
    await write(['bundle.json'], index);
    await write(['artifacts', '0001', 'post-mortem.json'], { history: [first], ledger: [] });

    expect(await sealedHistories(dir)).toEqual([
      {
        incident: ID,
        from: 'artifacts/0001/post-mortem.json',
        entries: [{ number: 1, sha256: first.sha256 }],
      },
    ]);
  });

  it.each<[string, string | null, unknown]>([
    ['no index', null, [first]],
    ['an index that was changed', index.replace(ID, 'inc-20261120-ffffffffffff'), [first]],
    ['no history', index, 'not JSON'],
    ['a history without numbers', index, [{ at: first.at, kind: 'opened', text: '' }]],
  ])('is none with %s', async (_what, bundle, history) => {
    if (bundle !== null) await write(['bundle.json'], bundle);
    await write(['artifacts', '0001', 'response', 'history.json'], history);

    expect(await sealedHistories(dir)).toBeNull();
  });
});
