import { previousOf } from '../../../../shared/evidence/collectors/previousCode';

const version = (Version: string, CodeSha256: string) => ({ Version, CodeSha256 });

describe('the version to compare with', () => {
  const versions = [version('$LATEST', 'c'), version('1', 'a'), version('10', 'b'), version('11', 'c')];

  it('is the newest published one with other code', () => {
    expect(previousOf(versions, '$LATEST')).toEqual(version('10', 'b'));
  });

  it('is one from before, where the finding names a version', () => {
    expect(previousOf(versions, '10')).toEqual(version('1', 'a'));
  });

  it('is none where nothing else was published', () => {
    expect(previousOf([version('$LATEST', 'c'), version('1', 'c')], '$LATEST')).toBeNull();
    expect(previousOf([version('$LATEST', 'c')], '$LATEST')).toBeNull();
  });
});
