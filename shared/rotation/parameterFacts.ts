import {
  DescribeParametersCommand,
  ListTagsForResourceCommand,
  type ParameterTier,
  type SSMClient,
} from '@aws-sdk/client-ssm';

/** What is known of a parameter without reading its value. */
export type ParameterFacts = {
  /** Null where it could not be found out: another account's, or there is none. */
  readonly secure: boolean | null;
  readonly name: string | null;
  /** What a new value must be put there with, or it changes; null where it is not said. */
  readonly keyId: string | null;
  readonly tier: ParameterTier | null;
  readonly dataType: string | null;
  /** When its value was last put there. ISO 8601. */
  readonly modifiedAt: string | null;
  readonly tags: Readonly<Record<string, string>>;
};

export const NOT_KNOWN: ParameterFacts = {
  secure: null,
  name: null,
  keyId: null,
  tier: null,
  dataType: null,
  modifiedAt: null,
  tags: {},
};

export const isParameter = (arn: string): boolean => /^arn:aws[a-z-]*:ssm:/.test(arn);

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
  if (arn.split(':')[4] !== accountId) return NOT_KNOWN;
  const { Parameters = [] } = await ssm.send(
    new DescribeParametersCommand({
      ParameterFilters: [{ Key: 'Name', Option: 'Equals', Values: [...parameterNames(arn)] }],
    }),
  );
  const [found] = Parameters;
  if (found?.Name === undefined) return NOT_KNOWN;
  const { TagList = [] } = await ssm.send(
    new ListTagsForResourceCommand({ ResourceType: 'Parameter', ResourceId: found.Name }),
  );
  return {
    secure: found.Type === 'SecureString',
    name: found.Name,
    keyId: found.KeyId ?? null,
    tier: found.Tier ?? null,
    dataType: found.DataType ?? null,
    modifiedAt: found.LastModifiedDate?.toISOString() ?? null,
    tags: Object.fromEntries(TagList.map(({ Key = '', Value = '' }) => [Key, Value])),
  };
};
