import {
  type AliasConfiguration,
  type FunctionConfiguration,
  GetFunctionConfigurationCommand,
  type LambdaClient,
  paginateListAliases,
} from '@aws-sdk/client-lambda';
import { fingerprint } from '../evidence/fingerprint';
import { liveCode, type Named } from './liveCode';

/**
 * What is deployed under a function's name, as far as it decides what would run: enough to see that it changed, and in
 * what. Values of the environment are fingerprints (`salt` is the incident's id).
 */
export type Deployed = {
  /** The code that a release is judged by: of what the finding named. */
  readonly judged: string;
  /** The code of `$LATEST`. */
  readonly latest: string;
  readonly role: string;
  /** Handler, runtime and whatever else is one value, by its name in Lambda's API. */
  readonly settings: Readonly<Record<string, string>>;
  readonly layers: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Where each alias points, with the share of each version. */
  readonly aliases: Readonly<Record<string, string>>;
  readonly network: string;
  readonly lastModified: string;
};

/**
 * Not among them: `RevisionId` and `LastModified` change with writes that change nothing, `Description`, `MemorySize`
 * and `Timeout` decide nothing about what runs.
 */
const settingsOf = ({
  Handler,
  Runtime,
  PackageType,
  Architectures,
  ImageConfigResponse,
  FileSystemConfigs,
  KMSKeyArn,
}: FunctionConfiguration): Readonly<Record<string, string>> => {
  const named = {
    Handler,
    Runtime,
    PackageType,
    Architectures,
    ImageConfig: ImageConfigResponse?.ImageConfig,
    FileSystemConfigs,
    KMSKeyArn,
  };
  return Object.fromEntries(
    Object.entries(named).flatMap(([name, value]) =>
      value === undefined || value === '' || (Array.isArray(value) && value.length === 0)
        ? []
        : [[name, typeof value === 'string' ? value : JSON.stringify(value)]],
    ),
  );
};

const targetOf = ({ FunctionVersion, RoutingConfig }: AliasConfiguration): string =>
  [
    FunctionVersion ?? '',
    ...Object.entries(RoutingConfig?.AdditionalVersionWeights ?? {}).map(
      ([version, weight]) => `${version} at ${weight}`,
    ),
  ].join(', ');

const aliasesOf = async (
  FunctionName: string,
  lambda: LambdaClient,
): Promise<Readonly<Record<string, string>>> => {
  const aliases: Record<string, string> = {};
  for await (const page of paginateListAliases({ client: lambda }, { FunctionName })) {
    for (const alias of page.Aliases ?? []) aliases[alias.Name ?? ''] = targetOf(alias);
  }
  return aliases;
};

/** Reads what is deployed now. `contained` is the digest of the code that was contained. */
export const readDeployed = async (
  named: Named,
  salt: string,
  contained: string,
  lambda: LambdaClient,
): Promise<Deployed> => {
  const [live, judged, aliases] = await Promise.all([
    lambda.send(new GetFunctionConfigurationCommand({ FunctionName: named.arn })),
    liveCode(named, contained, lambda),
    aliasesOf(named.arn, lambda),
  ]);
  const { SubnetIds = [], SecurityGroupIds = [] } = live.VpcConfig ?? {};
  return {
    judged: judged.codeSha256,
    latest: live.CodeSha256 ?? '',
    role: live.Role ?? '',
    settings: settingsOf(live),
    layers: (live.Layers ?? []).map(({ Arn = '' }) => Arn),
    environment: Object.fromEntries(
      Object.entries(live.Environment?.Variables ?? {}).map(([name, value]) => [
        name,
        fingerprint(salt, value),
      ]),
    ),
    aliases,
    network: [...SubnetIds, ...SecurityGroupIds].toSorted().join(' '),
    lastModified: live.LastModified ?? '',
  };
};

/**
 * What was deployed at containment, from the first look after it: code and role are known from the time itself, so that
 * whoever changed them in between is seen.
 */
export const asContained = (
  contained: {
    readonly containedDigest?: string;
    readonly roleArn: string | null;
    readonly qualifier: string | null;
  },
  first: Deployed,
): Deployed => {
  const judged = contained.containedDigest || first.judged;
  return {
    ...first,
    judged,
    latest: contained.qualifier === null ? judged : first.latest,
    role: contained.roleArn ?? first.role,
  };
};

const entryChanges = (
  what: string,
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
  show: boolean,
): readonly string[] =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])].toSorted().flatMap((name) => {
    const [from, to] = [before[name], after[name]];
    if (from === to) return [];
    if (from === undefined) return [`${what} ${name} added${show ? `: ${to}` : ''}`];
    if (to === undefined) return [`${what} ${name} removed`];
    return [`${what} ${name} changed${show ? ` from ${from} to ${to}` : ''}`];
  });

const change = (what: string, from: string, to: string): readonly string[] =>
  from === to ? [] : [`${what} changed from ${from || 'none'} to ${to || 'none'}`];

/** What changed between two looks, one sentence each; none when what would run is the same. */
export const changesBetween = (before: Deployed, after: Deployed): readonly string[] => [
  ...change('code', before.judged, after.judged),
  // For a function without qualifier they are the same, and said once.
  ...(before.latest === before.judged && after.latest === after.judged
    ? []
    : change('code of $LATEST', before.latest, after.latest)),
  ...change('role', before.role, after.role),
  ...change('layers', before.layers.join(' '), after.layers.join(' ')),
  ...entryChanges('setting', before.settings, after.settings, true),
  ...entryChanges('environment variable', before.environment, after.environment, false),
  ...entryChanges('alias', before.aliases, after.aliases, true),
  ...change('network', before.network, after.network),
];
