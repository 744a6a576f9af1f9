import {
  type AliasConfiguration,
  type FunctionConfiguration,
  type LambdaClient,
  paginateListAliases,
  paginateListVersionsByFunction,
} from '@aws-sdk/client-lambda';

type Asked = { readonly lambda: LambdaClient; readonly signal: AbortSignal };

/** The configurations of `$LATEST` and of every published version, with the values of their environments. */
export const versionsOf = async (
  FunctionName: string,
  { lambda, signal }: Asked,
): Promise<readonly FunctionConfiguration[]> => {
  const found: FunctionConfiguration[] = [];
  for await (const page of paginateListVersionsByFunction(
    { client: lambda },
    { FunctionName },
    { abortSignal: signal },
  ))
    found.push(...(page.Versions ?? []));
  return found;
};

/** The aliases, with the weights by which each shares its calls among versions. */
export const aliasesOf = async (
  FunctionName: string,
  { lambda, signal }: Asked,
): Promise<readonly AliasConfiguration[]> => {
  const found: AliasConfiguration[] = [];
  for await (const page of paginateListAliases({ client: lambda }, { FunctionName }, { abortSignal: signal }))
    found.push(...(page.Aliases ?? []));
  return found;
};
