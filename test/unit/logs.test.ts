import { filesUnder, read } from '../fixtures/repository';

/**
 * What the product logs, by field. Ids of incidents and executions, names of errors and channels, outcomes: nothing that
 * tells of a person. A field that is new here is a decision to be made.
 */
const FIELDS = new Set([
  'RequestType',
  'about',
  'error',
  'executionArn',
  'failed',
  'incident',
  'incidentId',
  'orphans',
  'outcome',
  // Of a suppressed sign: the rule's own id.
  'rule',
  // Of a drill: what it found of a function of its own.
  'step',
  // Of the function that writes denies: names of functions and roles.
  '...request',
  // Of the function that cuts off dependants: which kind, for which containment, and ARNs with what became of them.
  'kind',
  'action',
  'holder',
  'states',
  'status',
  'why',
]);

const calls = [...filesUnder('functions', '.ts'), ...filesUnder('shared', '.ts')].flatMap((path) =>
  [...read(path).matchAll(/\blog\.\w+\(\s*('[^']*'|[^,)]+)(?:,\s*\{([\s\S]*?)\}\s*,?\s*)?\);/g)].map(
    ([, message = '', fields = '']) => ({ path, message, fields }),
  ),
);

describe('our own logs hold no personal data', () => {
  it('finds the calls that it is about', () => {
    expect(calls.length).toBeGreaterThan(8);
  });

  it.each(calls.map(({ path, message, fields }) => [path, message, fields] as const))(
    '%s says %s',
    (_path, message, fields) => {
      expect(message).toMatch(/^'[^']*'$/);
      const names = fields
        .split(/,(?![^({]*[)}])/)
        .map((field) => field.trim().split(':')[0] ?? '')
        .filter((name) => name !== '');
      expect(names.filter((name) => !FIELDS.has(name))).toEqual([]);
    },
  );

  it('are written through the one logger', () => {
    const product = [...filesUnder('functions', '.ts'), ...filesUnder('shared', '.ts')];
    const otherwise = product.filter((path) => /\bconsole\.\w|process\.std(?:out|err)/.test(read(path)));
    const every = product.flatMap((path) => [
      ...read(path).matchAll(/\blog\.(?:debug|info|warn|error|critical)\(/g),
    ]);

    expect(otherwise).toEqual([]);
    // Each of them is one of those above.
    expect(every).toHaveLength(calls.length);
  });
});
