import type { FunctionConfiguration } from '@aws-sdk/client-lambda';
import { codeOf } from '../code/codeOf';
import type { Artifact, Collector } from '../collector';
import { versionsOf } from '../versions';

/** The newest published version whose package is another one than that of a qualifier; null where there is none. */
export const previousOf = (
  versions: readonly FunctionConfiguration[],
  qualifier: string,
): FunctionConfiguration | null => {
  const suspect = versions.find(({ Version }) => Version === qualifier);
  const numberOf = ({ Version }: FunctionConfiguration): number => Number(Version);
  return (
    versions
      .filter(({ Version }) => Version !== undefined && /^\d+$/.test(Version))
      .filter(({ CodeSha256 }) => CodeSha256 !== suspect?.CodeSha256)
      .filter((one) => !/^\d+$/.test(qualifier) || numberOf(one) < Number(qualifier))
      .toSorted((a, b) => numberOf(b) - numberOf(a))[0] ?? null
  );
};

/**
 * The package that ran before: what was changed in the code is known by comparing. A function that publishes no
 * versions has none. An alias is looked up as `$LATEST`: which version it led to is in `configuration/versions.json`.
 */
export const previousCode: Collector = {
  id: 'previous-code',
  title: 'Deployment package of the version before',
  first: true,
  once: true,
  permissions: ['lambda:ListVersionsByFunction', 'lambda:GetFunction'],
  async *collect({ suspect }, tools): AsyncIterable<Artifact> {
    const versions = await versionsOf(suspect.arn, tools);
    const qualifier = suspect.qualifier ?? '$LATEST';
    const before = previousOf(versions, /^\d+$/.test(qualifier) ? qualifier : '$LATEST');
    if (before !== null) yield* codeOf(`${suspect.arn}:${before.Version}`, 'code/previous', tools);
  },
};
