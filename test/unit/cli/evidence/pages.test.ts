import { exitCodeOf, listPage, verdictPage } from '../../../../cli/evidence/pages';
import { amount } from '../../../../cli/evidence/progress';
import { notesOn } from '../../../../cli/evidence/versions';
import { canonical } from '../../../../shared/evidence/canonical';
import { chainManifest } from '../../../../shared/evidence/manifest';
import type { Verdict } from '../../../../shared/evidence/verify';
import { aDraft, aGap, aPiece, INCIDENT, refTo } from '../../../fixtures/bundle';
import { aSigner } from '../../../fixtures/signer';

const signer = aSigner();
const EVIL = 'evil\u001b]0;owned\u0007\u001b[2J\r\nINTACT\u009b31m\u2028';
const manifest = chainManifest(
  aDraft(signer, [aPiece(EVIL, 'x', 1), { ...aGap(EVIL, 2), missing: EVIL } as ReturnType<typeof aGap>]),
);
const bytes = Buffer.from(canonical(manifest));
const link = { ref: refTo(manifest), bytes, signature: signer.sign(bytes), manifest };
const verdict: Verdict = {
  incident: EVIL,
  defects: [{ what: 'extra', path: EVIL, text: EVIL }],
  notes: [{ key: EVIL, versionId: EVIL, note: EVIL }],
  trusted: true,
  signers: [EVIL],
  manifests: 1,
  artifacts: 1,
  missing: [EVIL],
  bytes: 1,
  head: { number: 1, sha256: 'a' },
};

describe('what is printed', () => {
  it('lets nothing that others named speak to the terminal, or begin a line', () => {
    for (const page of [listPage(EVIL, [link], verdict.notes), verdictPage(verdict)]) {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not be there.
      expect(page).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029]/);
      expect(page.split('\n').filter((line) => line.startsWith('INTACT'))).toEqual([]);
    }
  });

  it('says whether a signature fits', () => {
    expect(listPage(INCIDENT, [link], [])).toContain(`signed by ${signer.key.fingerprint}`);
    expect(listPage(INCIDENT, [{ ...link, signature: aSigner().sign(bytes) }], [])).toContain(
      'its signature does not fit',
    );
  });

  it.each<[string, Partial<Verdict>, number]>([
    ['intact and trusted', { defects: [] }, 0],
    ['defective, whoever signed', {}, 1],
    ['defective and of an unknown signer', { trusted: false }, 1],
    ['intact and of an unknown signer', { defects: [], trusted: false }, 3],
  ])('has an exit code for %s', (_what, changes, code) => {
    expect(exitCodeOf({ ...verdict, ...changes })).toBe(code);
  });

  it.each([
    [0, '0 bytes'],
    [999, '999 bytes'],
    [1000, '1.0 kB'],
    [25_300_000_000, '25.3 GB'],
  ])('gives %d as %s', (size, text) => {
    expect(amount(size)).toBe(text);
  });
});

describe('what the bucket shows beside a chain', () => {
  const sealed = [
    { key: link.ref.key, versionId: 'm1' },
    { key: `${link.ref.key}.sig`, versionId: 's1' },
    { key: `incidents/${INCIDENT}/1/${EVIL}`, versionId: 'v1' },
  ].map((one) => ({ ...one, deleteMarker: false, isLatest: true, at: '2026-11-20T10:00:00.000Z' }));
  const [, , piece] = sealed;
  const newer = { key: piece?.key ?? '', versionId: 'v2', isLatest: true, at: '2026-11-21T10:00:00.000Z' };
  const covered = sealed.map((one) => ({ ...one, isLatest: one.key !== newer.key }));

  it('is nothing where there is nothing', () => {
    expect(notesOn([link], sealed)).toEqual([]);
  });

  it.each([
    [true, /covered at .* by a delete marker \(v2\); the sealed version is there/],
    [false, /covered at .* by another version \(v2\)/],
  ])('says that a version was covered (delete marker: %s)', (deleteMarker, named) => {
    const notes = notesOn([link], [...covered, { ...newer, deleteMarker }]);

    expect(notes[0]).toMatchObject({ versionId: 'v1', note: expect.stringMatching(named) });
  });

  it('says that a version is gone, and that one is in no manifest', () => {
    expect(notesOn([link], sealed.slice(0, 2))).toEqual([
      expect.objectContaining({ versionId: 'v1', note: expect.stringContaining('GONE') }),
    ]);
    const stray = { key: 'incidents/stray', versionId: 'x', deleteMarker: false, isLatest: true, at: '' };
    expect(notesOn([link], [...sealed, stray])).toEqual([
      expect.objectContaining({ key: 'incidents/stray', note: expect.stringContaining('no manifest') }),
    ]);
  });
});
