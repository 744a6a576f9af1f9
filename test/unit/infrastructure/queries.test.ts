import { read } from '../../fixtures/repository';

const { queries, resourceNames } = require('../../../infrastructure/queries.cjs') as {
  queries: Readonly<Record<string, string>>;
  resourceNames: readonly string[];
};

/** CloudWatch Logs Insights, "CloudWatch Logs Insights language query syntax". */
const COMMANDS =
  /^(?:fields|filter|stats|sort|limit|parse|display|dedup|pattern|diff|unmask|unnest|lookup|join|anomaly)\b/;

describe('the saved queries', () => {
  it.each(Object.entries(queries))('%s is made of commands that Logs Insights knows', (_name, query) => {
    const lines = query.split('\n').filter((line) => !line.startsWith('#'));

    expect(query.length).toBeLessThanOrEqual(10_000);
    expect(lines.length).toBeGreaterThan(0);
    for (const [index, line] of lines.entries()) {
      expect(line.startsWith('| ')).toBe(index > 0);
      expect(line.replace(/^\| /, '')).toMatch(COMMANDS);
    }
    for (const [open, close] of ['()', '[]'])
      expect(query.split(open ?? '').length).toBe(query.split(close ?? '').length);
  });

  it('have names that become resources of their own', () => {
    expect(new Set(resourceNames).size).toBe(Object.keys(queries).length);
    for (const name of resourceNames) expect(name).toMatch(/^[A-Za-z0-9]+Query$/);
  });

  it('are each explained to the analyst', () => {
    const docs = read('docs/fleet.md');

    expect(Object.keys(queries).filter((name) => !docs.includes(name))).toEqual([]);
  });
});
