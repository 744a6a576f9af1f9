import type { Exposed } from '../../../../shared/exposure/exposure';
import { reachOf, readsOf } from '../../../../shared/exposure/reach';

const exposed = (changes: Partial<Exposed>): Exposed => ({
  kind: 'secret',
  arn: 'arn:aws:secretsmanager:us-east-1:123456789012:secret:x',
  could: [],
  perhaps: [],
  did: 0,
  tried: 0,
  first: null,
  last: null,
  unusual: false,
  namedIn: [],
  ...changes,
});
const reached = (...resources: readonly Exposed[]): readonly string[] =>
  reachOf({ could: [], escalations: [], resources, since: '', gaps: [] });

describe('what a suspect reached', () => {
  it('is what it touched and what policies surely let it, the worst first', () => {
    const touched = exposed({ arn: 'arn:touched', did: 1 });
    const sure = exposed({ arn: 'arn:sure', could: ['secretsmanager:GetSecretValue'] });
    const maybe = exposed({ arn: 'arn:maybe', perhaps: ['secretsmanager:GetSecretValue'] });
    const refused = exposed({ arn: 'arn:refused', tried: 3 });
    expect(reached(touched, sure, maybe, refused)).toEqual(['arn:touched', 'arn:sure']);
  });

  it.each([
    ['may be written to', { could: ['dynamodb:PutItem'] }, true],
    ['may be read alone, and was', { could: ['dynamodb:GetItem'], did: 5 }, false],
    ['was touched by a right that is not known', { did: 5 }, true],
  ] as const)('has a table in it that %s: it feeds others by what is written', (_what, changes, expected) => {
    expect(reached(exposed({ kind: 'table', arn: 'arn:table', ...changes }))).toEqual(
      expected ? ['arn:table'] : [],
    );
  });

  it.each([
    ['may be read alone', 'table', { could: ['dynamodb:GetItem'] }, true],
    ['was read, and may not be written to', 'queue', { could: ['sqs:ReceiveMessage'], did: 5 }, true],
    ['may be written to', 'table', { could: ['dynamodb:PutItem', 'dynamodb:GetItem'] }, false],
    ['no policy surely lets it read', 'stream', { perhaps: ['kinesis:GetRecords'] }, false],
    ['is of another kind', 'secret', { could: ['secretsmanager:GetSecretValue'] }, false],
  ] as const)('has apart what lets it read and feeds nobody: %s', (_what, kind, changes, expected) => {
    const one = exposed({ kind, arn: 'arn:one', ...changes });
    expect(readsOf({ could: [], escalations: [], resources: [one], since: '', gaps: [] })).toEqual(
      expected ? ['arn:one'] : [],
    );
  });

  it('is a hundred at most', () => {
    const many = Array.from({ length: 150 }, (_, index) => exposed({ arn: `arn:${index}`, did: 1 }));
    expect(reached(...many)).toHaveLength(100);
  });
});
