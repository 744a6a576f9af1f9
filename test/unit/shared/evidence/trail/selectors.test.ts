import { coverOf } from '../../../../../shared/evidence/trail/selectors';
import { FUNCTION_ARN } from '../../../../fixtures/incident';

const basic = (Values: string[], ReadWriteType: 'All' | 'ReadOnly' | 'WriteOnly' = 'All') => ({
  EventSelectors: [{ ReadWriteType, DataResources: [{ Type: 'AWS::Lambda::Function', Values }] }],
});
const advanced = (...more: readonly { Field: string; [operator: string]: unknown }[]) => ({
  AdvancedEventSelectors: [
    {
      FieldSelectors: [
        { Field: 'eventCategory', Equals: ['Data'] },
        { Field: 'resources.type', Equals: ['AWS::Lambda::Function'] },
        ...more,
      ],
    },
  ],
});

/** CloudTrail User Guide, "Logging data events". */
describe('whether a trail logs the invocations of a function', () => {
  it.each<[string, Parameters<typeof coverOf>[0], string]>([
    [
      'a trail as it is made: management events alone',
      { EventSelectors: [{ ReadWriteType: 'All' }] },
      'none',
    ],
    ['all functions', basic(['arn:aws:lambda']), 'all'],
    ['this function', basic([FUNCTION_ARN]), 'all'],
    ['another one', basic([`${FUNCTION_ARN.replace('order', 'other')}`]), 'none'],
    ['what is only read: an invocation writes', basic(['arn:aws:lambda'], 'ReadOnly'), 'none'],
    [
      'objects of S3: another kind of data event',
      { EventSelectors: [{ DataResources: [{ Type: 'AWS::S3::Object', Values: ['arn:aws:s3'] }] }] },
      'none',
    ],
    ['all functions, in the advanced way', advanced(), 'all'],
    [
      'this function, in the advanced way',
      advanced({ Field: 'resources.ARN', Equals: [FUNCTION_ARN] }),
      'all',
    ],
    [
      'functions of a prefix, in the advanced way',
      advanced({ Field: 'resources.ARN', StartsWith: ['arn:aws:lambda:eu-west-1:'] }),
      'all',
    ],
    ['all but this one', advanced({ Field: 'resources.ARN', NotEquals: ['arn:x', FUNCTION_ARN] }), 'none'],
    ['reads alone, in the advanced way', advanced({ Field: 'readOnly', Equals: ['true'] }), 'none'],
    [
      'those by some callers',
      advanced({ Field: 'userIdentity.arn', NotStartsWith: ['arn:aws:sts::1:assumed-role/noisy'] }),
      'some',
    ],
    ['nothing at all', {}, 'none'],
  ])('%s', (_what, selectors, cover) => {
    expect(coverOf(selectors, FUNCTION_ARN)).toBe(cover);
  });
});
