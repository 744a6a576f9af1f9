import fc from 'fast-check';
import { secretReferences } from '../../../../shared/rotation/references';

const ARN = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:payments/db-AbCdEf';

describe('secretReferences', () => {
  it.each([
    [{ ANYTHING: ARN }, [{ variable: 'ANYTHING', secret: ARN }]],
    [{ DB_SECRET_ARN: ARN }, [{ variable: 'DB_SECRET_ARN', secret: ARN }]],
    [{ DB_SECRET_NAME: 'payments/db' }, [{ variable: 'DB_SECRET_NAME', secret: 'payments/db' }]],
    [{ secretId: 'payments' }, [{ variable: 'secretId', secret: 'payments' }]],
    [{ SECRETNAME: 'payments' }, [{ variable: 'SECRETNAME', secret: 'payments' }]],
    [{ A: ARN, B: ARN }, [{ variable: 'A', secret: ARN }]],
    [
      { X: ARN.replace('arn:aws:', 'arn:aws-us-gov:') },
      [{ variable: 'X', secret: ARN.replace('aws', 'aws-us-gov') }],
    ],
    [{}, []],
  ])('finds in %j', (variables, expected) => {
    expect(secretReferences(variables)).toEqual(expected);
  });

  it.each([
    [{ TABLE: 'payments' }],
    [{ SECRET_NAME: 'two words' }],
    [{ SECRET_NAME: '' }],
    [{ SECRET_NAME: 'x'.repeat(513) }],
    [{ QUEUE: 'arn:aws:sqs:eu-west-1:123456789012:payments' }],
    [{ X: `${ARN}\n` }],
    [{ X: `see ${ARN}` }],
    [{ SECRET_COUNT: '3' }],
  ])('finds nothing in %j', (variables) => {
    expect(secretReferences(variables)).toEqual([]);
  });

  it.each(['CLIENT_SECRET', 'API_SECRET', 'SECRET', 'SECRET_KEY', 'WEBHOOK_SECRET_VALUE'])(
    'does not take the value of %s for a name: it may be the secret itself',
    (variable) => {
      expect(secretReferences({ [variable]: 'hunter2' })).toEqual([]);
    },
  );

  it('gives only what Secrets Manager takes for an id, each once (property)', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.constant(ARN))), (variables) => {
        const secrets = secretReferences(variables).map(({ secret }) => secret);
        return (
          new Set(secrets).size === secrets.length && secrets.every((secret) => /^[\w/+=.@:-]+$/.test(secret))
        );
      }),
    );
  });
});
