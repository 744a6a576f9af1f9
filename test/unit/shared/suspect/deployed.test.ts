import { asContained, changesBetween, type Deployed } from '../../../../shared/suspect/deployed';

const deployed = (changes: Partial<Deployed> = {}): Deployed => ({
  judged: 'aaa',
  latest: 'aaa',
  role: 'arn:aws:iam::123456789012:role/order-worker',
  settings: { Handler: 'index.handler', Runtime: 'nodejs22.x' },
  layers: ['arn:aws:lambda:eu-west-1:123456789012:layer:tools:1'],
  environment: { STAGE: 'sha256:1', TOKEN: 'sha256:2' },
  aliases: { live: '3' },
  network: '',
  lastModified: '2026-11-01T08:00:00.000+0000',
  ...changes,
});

describe('what was deployed while a function was contained', () => {
  it('is nothing when only the time of the last write differs', () => {
    expect(changesBetween(deployed(), deployed({ lastModified: 'later' }))).toEqual([]);
  });

  it.each<[string, Partial<Deployed>, readonly string[]]>([
    ['code', { judged: 'bbb', latest: 'bbb' }, ['code changed from aaa to bbb']],
    [
      'code behind an alias',
      { judged: 'bbb', latest: 'ccc' },
      ['code changed from aaa to bbb', 'code of $LATEST changed from aaa to ccc'],
    ],
    ['role', { role: 'other' }, ['role changed from arn:aws:iam::123456789012:role/order-worker to other']],
    [
      'layers',
      { layers: [] },
      ['layers changed from arn:aws:lambda:eu-west-1:123456789012:layer:tools:1 to none'],
    ],
    [
      'handler',
      { settings: { Handler: 'evil.handler', Runtime: 'nodejs22.x' } },
      ['setting Handler changed from index.handler to evil.handler'],
    ],
    [
      'environment',
      { environment: { TOKEN: 'sha256:3', NODE_OPTIONS: 'sha256:4' } },
      [
        'environment variable NODE_OPTIONS added',
        'environment variable STAGE removed',
        'environment variable TOKEN changed',
      ],
    ],
    ['alias', { aliases: { live: '4' } }, ['alias live changed from 3 to 4']],
    ['network', { network: 'subnet-1' }, ['network changed from none to subnet-1']],
  ])('is said: %s', (_what, changes, expected) => {
    expect(changesBetween(deployed(), deployed(changes))).toEqual(expected);
  });

  it('shows no fingerprint of a value', () => {
    const said = changesBetween(deployed(), deployed({ environment: { STAGE: 'sha256:9' } })).join();

    expect(said).not.toContain('sha256');
  });

  it('is compared with the code and the role from the time itself, not from the first look after it', () => {
    const contained = { containedDigest: 'aaa', roleArn: 'old', qualifier: null };
    const first = deployed({ judged: 'bbb', latest: 'bbb', role: 'new' });

    expect(changesBetween(asContained(contained, first), first)).toEqual([
      'code changed from aaa to bbb',
      'role changed from old to new',
    ]);
  });

  it('is compared with the first look where the code that was contained is not known', () => {
    const first = deployed({ judged: 'bbb', latest: 'bbb' });

    expect(
      changesBetween(asContained({ containedDigest: '', roleArn: null, qualifier: null }, first), first),
    ).toEqual([]);
  });
});
