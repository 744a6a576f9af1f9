import { bold, dim, green, red, tame } from '../../local/print';
import { CANNOT_SEE, type Proposal } from '../../shared/exposure/tighten';
import { lineDiff } from '../../shared/report/lineDiff';

export type Tightened = {
  readonly incident: string;
  readonly role: string;
  readonly from: string;
  readonly to: string;
  /** Recorded calls of its sessions in that time. */
  readonly calls: number;
  readonly proposals: readonly Proposal[];
  /** Why it is less sure than it could be. */
  readonly cautions: readonly string[];
};

const textOf = (document: unknown): string => (document === null ? '' : JSON.stringify(document, null, 2));

const PAINT = { '-': red, '+': green, ' ': (text: string) => text } as const;

/** Names and documents in it are whoever wrote the policies'. */
const policyLines = ({ name, before, after, kept }: Proposal): readonly string[] => {
  const diff = lineDiff(textOf(before), textOf(after));
  const isSame = diff.every(({ sign }) => sign === ' ');
  return [
    '',
    bold(
      `${tame(name)}${isSame ? ': nothing to take out' : after === null ? ': nothing of it was seen used' : ''}`,
    ),
    ...(isSame ? [] : diff.map(({ sign, text }) => PAINT[sign](`${sign} ${tame(text)}`))),
    ...(kept.length === 0 ? [] : [dim(`kept as it is: ${tame(kept.join(', '))}`)]),
  ];
};

/** The proposal for people: a diff of each policy, and what it cannot know. */
export const tightenedPage = ({ role, from, to, calls, proposals, cautions }: Tightened): string =>
  [
    bold(`What ${tame(role)} could be cut down to`),
    `By ${calls} recorded call(s) of its sessions from ${from} to ${to}. Nothing is changed.`,
    ...proposals.flatMap(policyLines),
    '',
    bold('What this cannot see'),
    ...[...cautions, ...CANNOT_SEE].map((line) => `- ${tame(line)}`),
  ].join('\n');
