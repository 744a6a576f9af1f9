import { DescribeParametersCommand, ListTagsForResourceCommand, type SSMClient } from '@aws-sdk/client-ssm';

/** What is known of a parameter without reading its value. */
export type ParameterFacts = {
  /** Null where it could not be found out: another account's, or there is none. */
  readonly secure: boolean | null;
  readonly tags: Readonly<Record<string, string>>;
};

/** `/a/b` for `arn:…:parameter/a/b`, and `a` for `arn:…:parameter/a`: which of the two it is the ARN does not tell. */
export const parameterNames = (arn: string): readonly string[] => {
  const path = arn.slice(arn.indexOf(':parameter/') + ':parameter'.length);
  return path.indexOf('/', 1) === -1 ? [path.slice(1), path] : [path];
};

/** Looks at a parameter by its ARN; reads no value. */
export const parameterFacts = async (
  ssm: SSMClient,
  arn: string,
  accountId: string,
): Promise<ParameterFacts> => {
  if (arn.split(':')[4] !== accountId) return { secure: null, tags: {} };
  const { Parameters = [] } = await ssm.send(
    new DescribeParametersCommand({
      ParameterFilters: [{ Key: 'Name', Option: 'Equals', Values: [...parameterNames(arn)] }],
    }),
  );
  const [found] = Parameters;
  if (found?.Name === undefined) return { secure: null, tags: {} };
  const { TagList = [] } = await ssm.send(
    new ListTagsForResourceCommand({ ResourceType: 'Parameter', ResourceId: found.Name }),
  );
  return {
    secure: found.Type === 'SecureString',
    tags: Object.fromEntries(TagList.map(({ Key = '', Value = '' }) => [Key, Value])),
  };
};
