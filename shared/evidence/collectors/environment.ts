import { type FunctionConfiguration, GetFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import { type Artifact, type Collector, json } from '../collector';
import { versionsOf } from '../versions';

/** Of 4 KB each at most (Lambda quotas): so many go into one artifact of far less than one part of an upload. */
const IN_ONE = 500;

const valuesOf = ({ Version, CodeSha256, KMSKeyArn, Environment }: FunctionConfiguration) => ({
  Version,
  CodeSha256,
  KMSKeyArn,
  Variables: Environment?.Variables ?? {},
  ...(Environment?.Error === undefined ? {} : { Error: Environment.Error }),
});

/**
 * The values of the environments of `$LATEST` and every version: the secrets that whoever ran code in the function has
 * read. They are encrypted under a key that only the reader roles can use; every other artifact has names and
 * fingerprints.
 */
export const environment: Collector = {
  id: 'environment',
  title: 'Environment values',
  first: true,
  once: true,
  permissions: ['lambda:GetFunctionConfiguration', 'lambda:ListVersionsByFunction'],
  async *collect({ suspect }, tools): AsyncIterable<Artifact> {
    const { $metadata: _, ...latest } = await tools.lambda.send(
      new GetFunctionConfigurationCommand({ FunctionName: suspect.arn }),
      { abortSignal: tools.signal },
    );
    const versions = (await versionsOf(suspect.arn, tools)).filter(({ Version }) => Version !== '$LATEST');
    const all = [latest, ...versions];
    for (let start = 0; start < all.length; start += IN_ONE) {
      const some = all.slice(start, start + IN_ONE);
      const refused = some.filter(({ Environment }) => Environment?.Error !== undefined).length;
      yield {
        name: `configuration/environment${start === 0 ? '' : `-${start / IN_ONE + 1}`}.json`,
        contentType: 'application/json',
        source: 'lambda:GetFunctionConfiguration, lambda:ListVersionsByFunction',
        body: json({ function: suspect.arn, environments: some.map(valuesOf) }),
        completeness: () =>
          [
            'for the reader roles alone: encrypted under a key of its own',
            ...(refused === 0
              ? []
              : [`missing: ${refused} environments, under keys that Lambda may not use for us`]),
          ].join('; '),
        secret: true,
      };
    }
  },
};
