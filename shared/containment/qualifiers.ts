import {
  type LambdaClient,
  paginateListAliases,
  paginateListVersionsByFunction,
} from '@aws-sdk/client-lambda';

/** The names of a function's aliases. */
export const listAliases = async (FunctionName: string, client: LambdaClient): Promise<readonly string[]> => {
  const names: string[] = [];
  for await (const { Aliases } of paginateListAliases({ client }, { FunctionName }))
    names.push(...(Aliases ?? []).flatMap(({ Name }) => (Name === undefined ? [] : [Name])));
  return names;
};

/** The numbers of a function's published versions, the newest first. */
export const listVersions = async (
  FunctionName: string,
  client: LambdaClient,
): Promise<readonly string[]> => {
  const numbers: string[] = [];
  for await (const { Versions } of paginateListVersionsByFunction({ client }, { FunctionName }))
    numbers.push(
      ...(Versions ?? []).flatMap(({ Version }) =>
        Version === undefined || Version === '$LATEST' ? [] : [Version],
      ),
    );
  return numbers.sort((one, other) => Number(other) - Number(one));
};
