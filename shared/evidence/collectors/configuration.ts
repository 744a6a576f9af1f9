import {
  type FunctionConfiguration,
  GetFunctionConcurrencyCommand,
  GetFunctionConfigurationCommand,
  GetFunctionScalingConfigCommand,
  GetPolicyCommand,
  ListTagsCommand,
  paginateListFunctionEventInvokeConfigs,
  paginateListFunctionUrlConfigs,
  paginateListProvisionedConcurrencyConfigs,
} from '@aws-sdk/client-lambda';
import { attempt, type Gaps, inBatches, sayGaps, unlessMissing } from '../attempt';
import { type Artifact, type BasicTools, type Collector, type CollectorInput, json } from '../collector';
import { fingerprint } from '../fingerprint';
import { aliasesOf, versionsOf } from '../versions';

/** The values of an environment are secrets, and are in one artifact alone (environment.ts): here are their fingerprints. */
const withoutValues = (
  { Environment, ...rest }: FunctionConfiguration,
  salt: string,
): Readonly<Record<string, unknown>> => ({
  ...rest,
  Environment: {
    Fingerprints: Object.fromEntries(
      Object.entries(Environment?.Variables ?? {}).map(([key, value]) => [key, fingerprint(salt, value)]),
    ),
    // Lambda could not decrypt them for us.
    ...(Environment?.Error === undefined ? {} : { Error: Environment.Error }),
  },
});

const FINGERPRINTS = 'environment values as fingerprints only';

/** Each version has a policy of its own, and GetPolicy answers 15 times a second. */
const MOST_VERSIONS = 100;

const concurrencyOf = async ({ suspect }: CollectorInput, { lambda, signal }: BasicTools, gaps: Gaps) => {
  const name = { FunctionName: suspect.arn };
  const provisioned: unknown[] = [];
  await attempt('provisioned concurrency', gaps, signal, async () => {
    for await (const page of paginateListProvisionedConcurrencyConfigs({ client: lambda }, name, {
      abortSignal: signal,
    }))
      provisioned.push(...(page.ProvisionedConcurrencyConfigs ?? []));
  });
  const reserved = await attempt('reserved concurrency', gaps, signal, () =>
    lambda.send(new GetFunctionConcurrencyCommand(name), { abortSignal: signal }),
  );
  const scaling =
    suspect.capacityProvider === undefined
      ? null
      : await attempt('scaling on managed instances', gaps, signal, () =>
          unlessMissing(
            lambda.send(new GetFunctionScalingConfigCommand({ ...name, Qualifier: '$LATEST.PUBLISHED' }), {
              abortSignal: signal,
            }),
          ),
        );
  return {
    reserved: reserved?.ReservedConcurrentExecutions ?? null,
    provisioned,
    scaling:
      scaling === null
        ? null
        : {
            Applied: scaling.AppliedFunctionScalingConfig,
            Requested: scaling.RequestedFunctionScalingConfig,
          },
  };
};

/** Who may reach it: its URLs, and the policies of the function, its aliases and its newest versions. */
const accessOf = async (
  { suspect }: CollectorInput,
  qualifiers: readonly (string | null)[],
  { lambda, signal }: BasicTools,
  gaps: Gaps,
) => {
  const name = { FunctionName: suspect.arn };
  const functionUrls: unknown[] = [];
  await attempt('function URLs', gaps, signal, async () => {
    for await (const page of paginateListFunctionUrlConfigs({ client: lambda }, name, {
      abortSignal: signal,
    }))
      functionUrls.push(...(page.FunctionUrlConfigs ?? []));
  });
  const policies = await inBatches(qualifiers, async (qualifier) => {
    const answer = await attempt(`the policy of ${qualifier ?? 'the function'}`, gaps, signal, () =>
      unlessMissing(
        lambda.send(
          new GetPolicyCommand({ ...name, ...(qualifier === null ? {} : { Qualifier: qualifier }) }),
          {
            abortSignal: signal,
          },
        ),
      ),
    );
    return answer?.Policy === undefined ? [] : [{ qualifier, policy: readPolicy(answer.Policy) }];
  });
  return { functionUrls, resourcePolicies: policies.flat() };
};

/** AWS gives JSON; what is none is kept as it is. */
const readPolicy = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

/** How the function, its versions and aliases are set up, who may reach them, and where their results go. */
export const configuration: Collector<BasicTools> = {
  id: 'configuration',
  title: 'Configuration',
  first: true,
  permissions: [
    'lambda:GetFunctionConfiguration',
    'lambda:ListVersionsByFunction',
    'lambda:ListAliases',
    'lambda:ListTags',
    'lambda:ListFunctionUrlConfigs',
    'lambda:GetPolicy',
    'lambda:ListFunctionEventInvokeConfigs',
    'lambda:GetFunctionConcurrency',
    'lambda:ListProvisionedConcurrencyConfigs',
    'lambda:GetFunctionScalingConfig',
  ],
  async *collect(input, tools): AsyncIterable<Artifact> {
    const { incident, suspect } = input;
    const { lambda, signal } = tools;
    const name = { FunctionName: suspect.arn };
    const gaps: Gaps = [];
    const read = async (Qualifier: string | null) => {
      const { $metadata: _, ...found } = await lambda.send(
        new GetFunctionConfigurationCommand({ ...name, ...(Qualifier === null ? {} : { Qualifier }) }),
        { abortSignal: signal },
      );
      return withoutValues(found, incident.id);
    };
    const { qualifier } = suspect;
    const tags = await attempt('tags', gaps, signal, () =>
      lambda.send(new ListTagsCommand({ Resource: suspect.arn }), { abortSignal: signal }),
    );
    const concurrency = await concurrencyOf(input, tools, gaps);
    yield {
      name: 'configuration/function.json',
      contentType: 'application/json',
      source:
        'lambda:GetFunctionConfiguration, lambda:ListTags, lambda:GetFunctionConcurrency, lambda:ListProvisionedConcurrencyConfigs',
      body: json({
        ...(await read(null)),
        Tags: tags?.Tags ?? null,
        Concurrency: concurrency,
        // What the finding named, where that is not `$LATEST`.
        Qualified: qualifier === null ? null : await attempt(qualifier, gaps, signal, () => read(qualifier)),
      }),
      completeness: () => sayGaps(gaps, FINGERPRINTS),
    };

    const versions = await versionsOf(suspect.arn, tools);
    const aliases = await aliasesOf(suspect.arn, tools);
    yield {
      name: 'configuration/versions.json',
      contentType: 'application/json',
      source: 'lambda:ListVersionsByFunction, lambda:ListAliases',
      body: json({ versions: versions.map((version) => withoutValues(version, incident.id)), aliases }),
      completeness: () => FINGERPRINTS,
    };

    const numbers = versions.flatMap(({ Version }) =>
      Version === undefined || Version === '$LATEST' ? [] : [Version],
    );
    const newest = numbers.toSorted((a, b) => Number(b) - Number(a)).slice(0, MOST_VERSIONS);
    const accessGaps: Gaps = [];
    if (numbers.length > newest.length)
      accessGaps.push(`the policies of the ${numbers.length - newest.length} oldest versions`);
    const qualifiers = [null, ...aliases.flatMap(({ Name }) => Name ?? []), ...newest];
    const access = await accessOf(input, qualifiers, tools, accessGaps);
    yield {
      name: 'configuration/access.json',
      contentType: 'application/json',
      source: 'lambda:ListFunctionUrlConfigs, lambda:GetPolicy',
      body: json(access),
      completeness: () => sayGaps(accessGaps),
    };

    const invokeConfigs: unknown[] = [];
    for await (const page of paginateListFunctionEventInvokeConfigs({ client: lambda }, name, {
      abortSignal: signal,
    }))
      invokeConfigs.push(...(page.FunctionEventInvokeConfigs ?? []));
    yield {
      name: 'configuration/destinations.json',
      contentType: 'application/json',
      source: 'lambda:ListFunctionEventInvokeConfigs',
      body: json({ invokeConfigs }),
    };
  },
};
