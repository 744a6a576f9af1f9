import { type Call, isDenied } from '../../fixtures/evaluate';

const { historyPolicy } = require('../../../infrastructure/historyPolicy.cjs') as {
  historyPolicy: (table: string) => {
    readonly Statement: readonly { readonly Effect: string; readonly Principal: unknown }[];
  };
};
const { rolesOf } = require('../../../infrastructure/roles.cjs') as {
  rolesOf: (prefix: string) => {
    readonly Resources: Readonly<
      Record<
        string,
        {
          readonly Properties: {
            readonly Policies: readonly {
              readonly PolicyDocument: {
                readonly Statement: readonly {
                  readonly Action: readonly string[];
                  readonly Resource: unknown;
                }[];
              };
            }[];
          };
        }
      >
    >;
  };
};

const TABLE = 'arn:aws:dynamodb:us-east-1:111122223333:table/tourniquet-test-history';
const document = JSON.parse(
  JSON.stringify(historyPolicy('tourniquet-test-history'))
    .replaceAll(/\{"Fn::Sub":("[^"]*")\}/g, '$1')
    .replaceAll(/\$\{AWS::Partition\}/g, 'aws')
    .replaceAll(/\$\{AWS::Region\}/g, 'us-east-1')
    .replaceAll(/\$\{AWS::AccountId\}/g, '111122223333'),
) as ReturnType<typeof historyPolicy>;

const denied = (name: string): boolean => {
  const call: Call = { action: `dynamodb:${name}`, resource: TABLE };
  return isDenied([document], call);
};

describe('the policy of the table of the histories', () => {
  /** DynamoDB's actions that write, change or delete items or a table (service authorization reference). */
  it.each([
    'PutItem',
    'UpdateItem',
    'DeleteItem',
    'BatchWriteItem',
    'PartiQLUpdate',
    'PartiQLDelete',
    'DeleteTable',
    'UpdateTimeToLive',
  ])('denies %s to everybody, with no exception', (name) => {
    expect(denied(name)).toBe(true);
  });

  it.each(['PartiQLInsert', 'Query', 'Scan', 'GetItem', 'PartiQLSelect', 'UpdateTable', 'PutResourcePolicy'])(
    'leaves %s to IAM',
    (name) => {
      expect(denied(name)).toBe(false);
    },
  );

  it('allows nobody anything, and leaves nobody out', () => {
    for (const { Effect, Principal, ...rest } of document.Statement) {
      expect([Effect, Principal]).toEqual(['Deny', { AWS: '*' }]);
      expect(rest).not.toHaveProperty('Condition');
    }
  });

  it('is how the roles use it: they insert and query, and nothing else', () => {
    const used = Object.values(rolesOf('tourniquet-test').Resources).flatMap(({ Properties }) =>
      Properties.Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement)
        .filter(({ Resource }) => JSON.stringify(Resource).includes('HistoryTable'))
        .flatMap(({ Action }) => Action),
    );

    expect([...new Set(used)].toSorted()).toEqual(['dynamodb:PartiQLInsert', 'dynamodb:Query']);
  });
});
