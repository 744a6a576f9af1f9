import fc from 'fast-check';
import { parseFunctionArn, roleNameOf } from '../../../../shared/suspect/functionArn';

const arn = (rest: string, region = 'eu-west-1', partition = 'aws') =>
  `arn:${partition}:lambda:${region}:123456789012:function:${rest}`;

describe('parseFunctionArn', () => {
  it.each([
    [arn('order-worker'), 'order-worker', null],
    [arn('order-worker:$LATEST'), 'order-worker', null],
    [arn('order-worker:live'), 'order-worker', 'live'],
    [arn('order-worker:42'), 'order-worker', '42'],
    [arn('Order_Worker-2'), 'Order_Worker-2', null],
    [arn('a'), 'a', null],
    [arn('x', 'cn-north-1', 'aws-cn'), 'x', null],
    [arn('x', 'us-gov-west-1', 'aws-us-gov'), 'x', null],
    [arn('x', 'us-iso-east-1', 'aws-iso'), 'x', null],
    [arn('x', 'ap-southeast-4'), 'x', null],
    [arn('x', 'eusc-de-east-1', 'aws-eusc'), 'x', null],
  ])('reads %s', (text, functionName, qualifier) => {
    const parsed = parseFunctionArn(text);

    expect(parsed).toMatchObject({ functionName, qualifier, accountId: '123456789012' });
    expect(parsed?.arn).toBe(text.split(':').slice(0, 7).join(':'));
  });

  it.each([
    '',
    'order-worker',
    'function:order-worker',
    '123456789012:function:order-worker',
    'arn:aws:lambda:eu-west-1:123456789012:function:',
    'arn:aws:lambda:eu-west-1:12345678901:function:x',
    'arn:aws:lambda:eu-west-1::function:x',
    'arn:aws:lambda::123456789012:function:x',
    'arn:aws:lambda:eu-west-1:123456789012:layer:x',
    'arn:aws:lambda:eu-west-1:123456789012:event-source-mapping:x',
    'arn:aws:iam::123456789012:role/x',
    'arn:evil:lambda:eu-west-1:123456789012:function:x',
    arn('x:'),
    arn('x:live:extra'),
    arn('x/y'),
    arn('x y'),
    arn('x\n'),
    `\n${arn('x')}`,
    arn('x:$OLDEST'),
    arn('ö'),
    arn('<!channel>'),
    arn('*'),
    arn('a'.repeat(141)),
    arn(`x:${'a'.repeat(129)}`),
  ])('reads no function from %j', (text) => {
    expect(parseFunctionArn(text)).toBeNull();
  });

  it('takes nothing but names, so that an ARN it gives can be shown and compared (property)', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.option(fc.string({ unit: 'binary' })),
        (name, qualifier) => {
          const parsed = parseFunctionArn(arn(qualifier === null ? name : `${name}:${qualifier}`));
          return parsed === null || /^[\w:$-]+$/.test(`${parsed.arn}${parsed.qualifier ?? ''}`);
        },
      ),
    );
  });

  it('gives back what it was made of (property)', () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[a-zA-Z0-9_-]{1,140}$/),
        fc.option(fc.stringMatching(/^[a-zA-Z0-9_-]{1,128}$/)),
        (functionName, qualifier) => {
          expect(
            parseFunctionArn(arn(qualifier === null ? functionName : `${functionName}:${qualifier}`)),
          ).toEqual({
            arn: arn(functionName),
            partition: 'aws',
            region: 'eu-west-1',
            accountId: '123456789012',
            functionName,
            qualifier,
          });
        },
      ),
    );
  });

  it('refuses forty thousand characters in no time', () => {
    const started = performance.now();
    for (const part of ['a', '-a', '-1', 'aws-', ':'])
      parseFunctionArn(`arn:aws:lambda:us${part.repeat(40_000 / part.length)}`);

    expect(performance.now() - started).toBeLessThan(1000);
  });
});

describe('roleNameOf', () => {
  it.each([
    ['arn:aws:iam::123456789012:role/order-worker', 'order-worker'],
    ['arn:aws:iam::123456789012:role/service-role/orders/order-worker', 'order-worker'],
  ])('takes the name of %s without its path', (roleArn, name) => {
    expect(roleNameOf(roleArn)).toBe(name);
  });
});
