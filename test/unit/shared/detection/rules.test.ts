import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { isReadable, readCall } from '../../../../shared/detection/call';
import { evaluator } from '../../../../shared/detection/evaluate';
import { Memory } from '../../../../shared/detection/memory';
import type { Examples, Rule } from '../../../../shared/detection/rule';
import { RULES } from '../../../../shared/detection/rules';
import { NO_SETTING } from '../../../../shared/detection/setting';

const FOLDER = join(__dirname, '../../../../shared/detection/rules');
const FILES = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.endsWith('.ts'),
);
const files = FILES.map((file) => require(join(FOLDER, file)) as { rule: Rule; examples: Examples });

/** Whether the last of some records makes a rule speak. */
const fires = (rule: Rule, records: readonly unknown[]): boolean => {
  const evaluate = evaluator([rule]);
  const memory = new Memory();
  let said = false;
  for (const record of records) {
    const call = readCall(record);
    if (!isReadable(call)) throw new Error(call.error);
    const { signs, counted } = evaluate(call, NO_SETTING);
    said =
      signs.some(({ severity }) => severity > 0) ||
      counted.some(
        ({ key, what }) => rule.burst !== undefined && memory.note(key, what, call.time ?? 0, rule.burst),
      );
  }
  return said;
};

describe('the rules about recorded calls', () => {
  it('are each a file of their own and a line of the index', () => {
    expect(files.map(({ rule }) => rule.id).toSorted()).toEqual(RULES.map(({ id }) => id).toSorted());
    expect(new Set(RULES.map(({ id }) => id)).size).toBe(RULES.length);
  });

  it.each(files.map(({ rule, examples }) => [rule.id, rule, examples] as const))(
    '%s fires on its examples and is silent on their twins',
    (_, rule, { fires: firing, silent }) => {
      expect(firing.length).toBeGreaterThan(0);
      expect(silent.length).toBeGreaterThan(0);
      for (const records of firing)
        expect({ records: records.at(-1), fires: fires(rule, records) }).toMatchObject({ fires: true });
      for (const records of silent)
        expect({ records: records.at(-1), fires: fires(rule, records) }).toMatchObject({ fires: false });
    },
  );

  it.each(RULES.map((rule) => [rule.id, rule] as const))('%s says what it is and why', (_, rule) => {
    expect(rule.id).toMatch(/^[a-z]+(?:-[a-z]+)*$/);
    expect(rule.techniques.length).toBeGreaterThan(0);
    for (const technique of rule.techniques) expect(technique).toMatch(/^T\d{4}(?:\.\d{3})?$/);
    expect(rule.rationale.length).toBeGreaterThan(20);
    expect(rule.references.length).toBeGreaterThan(0);
    for (const call of rule.calls) expect(call).toMatch(/^(?:\*|[a-z][a-z0-9-]*:[A-Z][A-Za-z0-9]*\*?)$/);
  });
});
