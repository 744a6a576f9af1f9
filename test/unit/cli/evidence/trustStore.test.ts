import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import {
  pinnedFor,
  readTrust,
  TrustStoreError,
  trustOf,
  trustPath,
  withPin,
  writeTrust,
} from '../../../../cli/evidence/trustStore';
import { BUCKET, INCIDENT } from '../../../fixtures/bundle';

const fingerprint = `sha256:${'a'.repeat(64)}`;
const pin = { fingerprint, bucket: BUCKET, incident: INCIDENT, from: 'KMS', at: '2026-11-20T10:00:00.000Z' };

let place: string;
let path: string;
beforeEach(async () => {
  place = await mkdtemp(join(tmpdir(), 'tourniquet-trust-'));
  path = join(place, 'state', 'tourniquet', 'trust.json');
});
afterEach(() => rm(place, { recursive: true }));

describe('the trust store', () => {
  it('lies in the state directory, and a relative one is none', () => {
    expect(trustPath({ XDG_STATE_HOME: '/state' })).toBe('/state/tourniquet/trust.json');
    for (const environment of [{}, { XDG_STATE_HOME: '' }, { XDG_STATE_HOME: 'state' }])
      expect(trustPath(environment)).toMatch(/\/\.local\/state\/tourniquet\/trust\.json$/);
  });

  it('knows nothing before the first pull, and afterwards what was pinned', async () => {
    const empty = await readTrust(path);
    expect(pinnedFor(empty, INCIDENT, BUCKET).size).toBe(0);
    await writeTrust(path, withPin(empty, pin, { number: 2, sha256: 'b' }));
    const store = await readTrust(path);

    expect([...pinnedFor(store, INCIDENT, 'another bucket')]).toEqual([fingerprint]);
    expect([...pinnedFor(store, 'another incident', BUCKET)]).toEqual([fingerprint]);
    expect([...pinnedFor(store, 'another incident', 'another bucket')]).toEqual([]);
    expect(trustOf(store, new Set()).headOf(INCIDENT)).toEqual({ number: 2, sha256: 'b' });
    expect(trustOf(store, new Set()).headOf('constructor')).toBeNull();
  });

  it('is the user’s alone, and leaves nothing beside', async () => {
    await writeTrust(path, await readTrust(path));

    expect((await stat(path)).mode & 0o077).toBe(0);
    expect(await readdir(dirname(path))).toEqual(['trust.json']);
  });

  it('never goes back to an older head of a chain', async () => {
    const store = withPin(await readTrust(path), pin, { number: 3, sha256: 'c' });

    expect(withPin(store, pin, { number: 2, sha256: 'b' }).heads[INCIDENT]).toEqual({
      number: 3,
      sha256: 'c',
    });
    expect(withPin(store, pin, { number: 2, sha256: 'b' }).pins).toHaveLength(1);
  });

  it('goes by the keys that are given alone, where some are', async () => {
    const store = withPin(await readTrust(path), pin, { number: 1, sha256: 'b' });
    const given = new Set([`sha256:${'f'.repeat(64)}`]);

    expect(trustOf(store, given).keysFor(INCIDENT, BUCKET)).toBe(given);
  });

  it('trusts nothing when it cannot be read as one, and is not overwritten', async () => {
    await writeTrust(path, await readTrust(path));
    await writeFile(path, '{"format":"tourniquet-trust/1","pins":"all"}');

    await expect(readTrust(path)).rejects.toBeInstanceOf(TrustStoreError);
  });
});
