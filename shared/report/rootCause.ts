import type { Incident, RootCause } from '../incident/incident';
import { bullets, plain } from './plain';

const facts = ({ cause, score, startedAt, knownBy, principal, dependency, files }: RootCause) => [
  `Kind: ${cause}, score ${score}`,
  startedAt === null
    ? 'When it began is not known'
    : `It began at ${startedAt}${knownBy === null ? '' : `: ${knownBy}`}`,
  ...(principal === null ? [] : [`Principal: ${principal}`]),
  ...(dependency === null ? [] : [`Dependency: ${dependency}`]),
  ...(files.length === 0 ? [] : [`Files: ${files.join(', ')}`]),
];

/** The likeliest cause with what speaks for and against it, for a terminal. Names in it are others'. */
export const sayRootCause = ({ rootCause }: Pick<Incident, 'rootCause'>): readonly string[] =>
  rootCause === undefined
    ? []
    : [
        rootCause.title,
        ...facts(rootCause),
        ...rootCause.supports.map((line) => `for: ${line}`),
        ...rootCause.contradicts.map((line) => `against: ${line}`),
        ...rootCause.did.map((line) => `did: ${line}`),
        ...rootCause.others.map((line) => `or: ${line}`),
      ];

const part = (title: string, lines: readonly string[]): string =>
  lines.length === 0 ? '' : `\n### ${title}\n${bullets(lines, '')}\n`;

/** The section of the post-mortem: each line names the artifacts in which anybody can check it. */
export const rootCauseSection = ({ rootCause }: Pick<Incident, 'rootCause'>): string => {
  if (rootCause === undefined) return '## Root cause\nNot looked for.';
  const { title, supports, contradicts, others, when, changed, did, indicators, gaps } = rootCause;
  return `## Root cause
${plain(title)}

${bullets(facts(rootCause), '')}

### What speaks for it
${bullets(supports, 'Nothing: no artifact supports a cause.')}

### What speaks against it
${bullets(contradicts, 'Nothing that was found.')}
${part('Other explanations', others)}${part('When', when)}${part('What changed', changed)}${part('What was done', did)}${part('To look for elsewhere', indicators)}${part('Not looked at', gaps)}`.trimEnd();
};
