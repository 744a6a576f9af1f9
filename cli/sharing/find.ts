import { lintSource } from '@secretlint/core';
import { creator as recommended } from '@secretlint/secretlint-rule-preset-recommend';
import { type Finding, findPersonal } from './detectors';

/**
 * Secretlint's recommended rules: tokens of some thirty services, by their form. Its rules that are switched on by a
 * comment in the text are not among them: whoever wrote the text may be the attacker.
 */
const CONFIG = {
  rules: [
    {
      id: '@secretlint/secretlint-rule-preset-recommend',
      rule: recommended,
      options: {},
      rules: [{ id: '@secretlint/secretlint-rule-aws', options: { enableIDScanRule: true } }],
    },
  ],
};

const kindOf = (ruleId: string): string =>
  ruleId.replace(/^@secretlint\/secretlint-rule-/, '').replace(/^no-/, '');

const findTokens = async (text: string): Promise<readonly Finding[]> => {
  const { messages } = await lintSource({
    source: { content: text, filePath: '/evidence.txt', ext: '.txt', contentType: 'text' },
    options: { config: CONFIG, noPhysicFilePath: true },
  });
  return messages.map(({ range: [start, end], ruleId }) => ({ start, end, kind: kindOf(ruleId) }));
};

/** Everything in a text that is not to be shared, in order and without overlaps: the longer one wins. */
export const findAll = async (text: string): Promise<readonly Finding[]> => {
  const all = [...findPersonal(text), ...(await findTokens(text))]
    .filter(({ start, end }) => end > start)
    .toSorted((a, b) => a.start - b.start || b.end - a.end);
  const apart: Finding[] = [];
  for (const finding of all) {
    const last = apart.at(-1);
    if (last === undefined || finding.start >= last.end) apart.push(finding);
    // What overlaps is masked to the end of both, under the name of the first.
    else if (finding.end > last.end) apart[apart.length - 1] = { ...last, end: finding.end };
  }
  return apart;
};
