import { readSettings } from '../../../../shared/aws/settings';
import { readYaml } from '../../../fixtures/repository';

const { checkConfig } = require('../../../../infrastructure/config.cjs') as {
  checkConfig: (parameters: object) => Readonly<Record<string, unknown>>;
};
const { params, provider } = readYaml('serverless.yml') as {
  params: { default: object };
  provider: { environment: Readonly<Record<string, string>> };
};

/** The environment that serverless.yml gives every function, with what it takes from elsewhere left as it is. */
const environmentOf = (parameters: object): Readonly<Record<string, string>> => {
  const config = checkConfig({
    ...params.default,
    approvers: 'U0ONCALL',
    slackChannel: 'C0123456789',
    ...parameters,
  });
  return Object.fromEntries(
    Object.entries(provider.environment).map(([name, value]) => [
      name,
      value.replace(/^\$\{self:custom\.config\.(\w+)\}$/, (_, key: string) => String(config[key])),
    ]),
  );
};

describe('the settings of a deployment', () => {
  const before = { ...process.env };
  afterEach(() => {
    process.env = { ...before };
  });

  it('have the modes as the parameters say them, in their order', () => {
    const modes = [
      { functions: 'payments-*', severity: 'high', mode: 'respond' },
      { functions: '*', severity: 5.5, mode: 'ask' },
    ];
    Object.assign(process.env, environmentOf({ modes }));

    expect(readSettings().modes).toEqual([
      { functions: 'payments-*', severity: 7, mode: 'respond' },
      { functions: '*', severity: 5.5, mode: 'ask' },
    ]);
  });

  it('have no modes by default', () => {
    Object.assign(process.env, environmentOf({}));

    expect(readSettings().modes).toEqual([]);
  });

  it.each(['a', 'a:7', 'a:high:ask', ':7:ask', 'a:7:contain', 'a:-1:ask'])(
    'are refused with the entry of modes %j: a policy that is not understood is not left out',
    (text) => {
      Object.assign(process.env, environmentOf({}), { TOURNIQUET_MODES: text });

      expect(readSettings).toThrow(`TOURNIQUET_MODES holds ${JSON.stringify(text)}`);
    },
  );
});
