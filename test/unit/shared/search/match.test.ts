import fc from 'fast-check';
import { CONFIDENCE, type Facts, type Listed, matchesIn } from '../../../../shared/search/match';
import { SOUGHT_KINDS, type Sought } from '../../../../shared/search/sought';

const arnOf = (name: string): string => `arn:aws:lambda:eu-west-1:123456789012:function:${name}`;
const listed = (functionName: string, more: Partial<Listed> = {}): Listed => ({
  functionName,
  functionArn: arnOf(functionName),
  codeSha256: `digest of ${functionName}`,
  codeSize: 100,
  layers: [],
  lastModified: '2026-11-20T10:00:00.000Z',
  ...more,
});
const sought = (kind: Sought['kind'], value: string): Sought => ({
  kind,
  value,
  because: 'it is bad',
  artifact: 'code/package.zip',
});
const NOBODY = () => false;
const none: Facts = { functions: [], changes: [], packages: [] };
const change = (name: string, by: Partial<Facts['changes'][number]>) => ({
  functionArn: arnOf(name),
  event: 'UpdateFunctionCode',
  at: '2026-11-20T10:00:00.000Z',
  principal: null,
  accessKey: null,
  address: null,
  ...by,
});

describe('which other functions have it', () => {
  const functions = [
    listed('same-code', { codeSha256: 'bad' }),
    listed('same-layer', { layers: ['other', 'arn:layer:bad:1'] }),
    listed('same-file'),
    listed('same-dependency'),
    listed('same-host'),
    listed('same-hand'),
    listed('same-key'),
    listed('same-address'),
    listed('unrelated', { layers: ['arn:layer:bad:2'] }),
  ];
  const facts: Facts = {
    functions,
    changes: [
      change('same-hand', { principal: 'mallory' }),
      change('same-key', { accessKey: 'ASIA1' }),
      change('same-address', { address: '198.51.100.7' }),
      change('unrelated', { principal: 'alice', accessKey: 'ASIA2', address: '198.51.100.8' }),
      change('deleted-since', { principal: 'mallory' }),
    ],
    packages: [
      {
        functionArn: arnOf('same-host'),
        dependencies: new Set(),
        marked: new Set(['f02']),
        hosts: new Set(['c2.badhost.example']),
      },
      {
        functionArn: arnOf('same-file'),
        dependencies: new Set(),
        marked: new Set(['f00']),
        hosts: new Set(),
      },
      {
        functionArn: arnOf('same-dependency'),
        dependencies: new Set(['pad@1.2.1']),
        marked: new Set(),
        hosts: new Set(),
      },
      {
        functionArn: arnOf('unrelated'),
        dependencies: new Set(['pad@1.2.0']),
        marked: new Set(['f01']),
        hosts: new Set(['fine.example']),
      },
    ],
  };
  it.each([
    ['code-digest', 'bad', 'same-code', 'strong'],
    ['layer', 'arn:layer:bad:1', 'same-layer', 'strong'],
    ['file-sha256', 'f00', 'same-file', 'strong'],
    ['dependency', 'pad@1.2.1', 'same-dependency', 'moderate'],
    ['host', 'c2.badhost.example', 'same-host', 'moderate'],
    ['principal', 'mallory', 'same-hand', 'moderate'],
    ['access-key', 'ASIA1', 'same-key', 'moderate'],
    ['address', '198.51.100.7', 'same-address', 'moderate'],
  ] as const)('by %s: those alone', (kind, value, name, confidence) => {
    expect(matchesIn([sought(kind, value)], facts, NOBODY)).toMatchObject([
      { functionName: name, kind, value, confidence },
    ]);
  });

  it('is never one that is excluded, the suspect or one of ours', () => {
    expect(
      matchesIn([sought('code-digest', 'bad')], facts, ({ functionName }) => functionName === 'same-code'),
    ).toEqual([]);
  });

  it('is said to be in what it was found in, and never made of what was not sought (property)', () => {
    const word: fc.Arbitrary<string> = fc.constantFrom('a', 'b', 'c', 'd');
    fc.assert(
      fc.property(
        fc.array(fc.record({ kind: fc.constantFrom(...SOUGHT_KINDS), value: word }), { maxLength: 6 }),
        fc.array(fc.record({ name: word, digest: word, layers: fc.array(word, { maxLength: 3 }) }), {
          maxLength: 8,
        }),
        fc.array(fc.record({ name: word, principal: word, address: word }), { maxLength: 8 }),
        (wanted, made, changed) => {
          const looking = wanted.map(({ kind, value }) => sought(kind, value));
          const world: Facts = {
            ...none,
            functions: made.map(({ name, digest, layers }) => listed(name, { codeSha256: digest, layers })),
            changes: changed.map(({ name, principal, address }) => change(name, { principal, address })),
          };
          for (const { kind, value, functionName, confidence } of matchesIn(looking, world, NOBODY)) {
            expect(looking.some((one) => one.kind === kind && one.value === value)).toBe(true);
            expect(confidence).toBe(CONFIDENCE[kind]);
            const holds = {
              'code-digest': () => made.some((one) => one.name === functionName && one.digest === value),
              layer: () => made.some((one) => one.name === functionName && one.layers.includes(value)),
              principal: () => changed.some((one) => one.name === functionName && one.principal === value),
              address: () => changed.some((one) => one.name === functionName && one.address === value),
            }[kind as string];
            expect(holds?.()).toBe(true);
          }
        },
      ),
    );
  });

  it('puts the strong ones first, so that the most that are opened are those', () => {
    const both = matchesIn([sought('principal', 'mallory'), sought('code-digest', 'bad')], facts, NOBODY);

    expect(both.map(({ functionName }) => functionName)).toEqual(['same-code', 'same-hand']);
  });
});
