import { dependency, type ReadPackage } from '../../../../../shared/recovery/checks/dependency';

const BAD = 'left-pad@1.3.1';
const outcome = (live: Partial<ReadPackage>, files: readonly string[] = ['evil']) =>
  dependency({
    dependency: BAD,
    files,
    live: { dependencies: ['left-pad@1.3.0'], files: new Set(['good']), unread: [], ...live },
  });

describe('the dependency by which somebody came in', () => {
  it.each([
    ['is there in the same version', { dependencies: [BAD, 'other@1.0.0'] }, 'failed', BAD],
    [
      'is there byte for byte under another name',
      { dependencies: ['padding@9.9.9'], files: new Set(['evil']) },
      'failed',
      'byte for byte',
    ],
    ['is gone', {}, 'passed', 'is not in the package'],
    ['cannot be told in a bundle', { dependencies: [] }, 'unknown', 'names no dependencies'],
    ['may be in what could not be read', { unread: ['x: broken'] }, 'unknown', 'x: broken'],
    ['is there, whatever else could not be read', { dependencies: [BAD], unread: ['x'] }, 'failed', BAD],
  ])('%s', (_what, live, expected, said) => {
    expect(outcome(live)).toEqual({ outcome: expected, because: expect.stringContaining(said) });
  });

  it('is held against a release where the package cannot be read, and nobody is looked for where none is named', () => {
    expect(dependency({ dependency: BAD, files: [], live: { error: 'it is an image' } })).toMatchObject({
      outcome: 'failed',
      because: expect.stringContaining('it is an image'),
    });
    expect(dependency(null)).toMatchObject({ outcome: 'passed' });
  });
});
