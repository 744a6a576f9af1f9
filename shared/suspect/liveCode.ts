import {
  GetFunctionConfigurationCommand,
  type LambdaClient,
  ListAliasesCommand,
  ResourceNotFoundException,
} from '@aws-sdk/client-lambda';

export type LiveCode = {
  readonly codeSha256: string;
  readonly updateStatus: string;
  /** The ARN of the signing profile's version; null where it is not signed. */
  readonly signer: string | null;
};
export type Named = { readonly arn: string; readonly qualifier: string | null };

/** Of a function that was deleted. */
export const GONE: LiveCode = {
  codeSha256: 'none: the function was deleted',
  updateStatus: 'Successful',
  signer: null,
};

/** The code that the finding is about: `$LATEST`, a version's, or what an alias points at. */
export const suspectCode = async ({ arn, qualifier }: Named, lambda: LambdaClient): Promise<LiveCode> =>
  (await codeOf(qualifier === null ? arn : `${arn}:${qualifier}`, lambda)) ??
  (await codeOf(arn, lambda)) ??
  GONE;

/**
 * The code that would start if the suspect were released: what a release is judged by. A published version never
 * changes, so for a finding about one it is `$LATEST` and everything that aliases point at; if the contained code is
 * still among that, it is the answer.
 */
export const liveCode = async (named: Named, contained: string, lambda: LambdaClient): Promise<LiveCode> => {
  const { arn, qualifier } = named;
  if (qualifier === null || !/^\d+$/.test(qualifier)) return suspectCode(named, lambda);
  const latest = await codeOf(arn, lambda);
  if (latest === null) return GONE;
  const versions = await aliasedVersions(arn, lambda);
  const codes = await Promise.all(versions.map((version) => codeOf(`${arn}:${version}`, lambda)));
  return codes.find((code) => code?.codeSha256 === contained) ?? latest;
};

/** Every version that an alias sends traffic to. */
const aliasedVersions = async (FunctionName: string, lambda: LambdaClient): Promise<readonly string[]> => {
  const versions = new Set<string>();
  let Marker: string | undefined;
  do {
    const page = await lambda.send(new ListAliasesCommand({ FunctionName, Marker }));
    for (const { FunctionVersion, RoutingConfig } of page.Aliases ?? []) {
      if (FunctionVersion !== undefined) versions.add(FunctionVersion);
      for (const version of Object.keys(RoutingConfig?.AdditionalVersionWeights ?? {})) versions.add(version);
    }
    Marker = page.NextMarker;
  } while (Marker !== undefined);
  return [...versions];
};

/** The code of every version that an alias sends traffic to, by version: what else a release would start. */
export const aliasedCodes = async (
  arn: string,
  lambda: LambdaClient,
): Promise<Readonly<Record<string, string>>> => {
  const versions = (await aliasedVersions(arn, lambda)).filter((version) => version !== '$LATEST');
  return codesOf(arn, versions, lambda);
};

/** The code of some versions, by version; without those that do not exist. */
export const codesOf = async (
  arn: string,
  versions: readonly string[],
  lambda: LambdaClient,
): Promise<Readonly<Record<string, string>>> => {
  const codes = await Promise.all(versions.map((version) => codeOf(`${arn}:${version}`, lambda)));
  return Object.fromEntries(
    versions.flatMap((version, index) => {
      const found = codes[index] ?? null;
      return found === null ? [] : [[version, found.codeSha256]];
    }),
  );
};

/** The code behind a name, or null when there is none of that name. */
const codeOf = async (FunctionName: string, lambda: LambdaClient): Promise<LiveCode | null> => {
  try {
    const live = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
    return {
      codeSha256: live.CodeSha256 ?? '',
      updateStatus: live.LastUpdateStatus ?? 'Successful',
      signer: live.SigningProfileVersionArn ?? null,
    };
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return null;
    throw error;
  }
};
