import type { AdvancedEventSelector, EventSelector } from '@aws-sdk/client-cloudtrail';

/*
 * Whether a trail keeps the invocations of a function. They are data events: no trail has them unless it was told to, and
 * the event history of CloudTrail never has them.
 */

const LAMBDA = 'AWS::Lambda::Function';

/** An ARN in a basic selector stands for all that begin with it; `arn:aws:lambda` for every function there is. */
const basic = ({ DataResources = [] }: EventSelector, functionArn: string): boolean =>
  DataResources.some(
    ({ Type, Values = [] }) =>
      Type === LAMBDA && Values.some((value) => value !== '' && functionArn.startsWith(value)),
  );

type Field = NonNullable<AdvancedEventSelector['FieldSelectors']>[number];

/** Each operator that is given must hold: of several values one for those that affirm, all for those that deny. */
const holds = (field: Field, value: string): boolean => {
  const some = (values: readonly string[] | undefined, fits: (text: string) => boolean): boolean =>
    values === undefined || values.length === 0 || values.some(fits);
  const none = (values: readonly string[] | undefined, fits: (text: string) => boolean): boolean =>
    !(values ?? []).some(fits);
  return (
    some(field.Equals, (text) => value === text) &&
    some(field.StartsWith, (text) => value.startsWith(text)) &&
    some(field.EndsWith, (text) => value.endsWith(text)) &&
    none(field.NotEquals, (text) => value === text) &&
    none(field.NotStartsWith, (text) => value.startsWith(text)) &&
    none(field.NotEndsWith, (text) => value.endsWith(text))
  );
};

/** What an invocation of the function has in these fields. A selector on another field lets only some of them through. */
const advanced = (
  { FieldSelectors = [] }: AdvancedEventSelector,
  functionArn: string,
): 'all' | 'some' | 'none' => {
  const fields: Readonly<Record<string, string>> = {
    eventCategory: 'Data',
    'resources.type': LAMBDA,
    'resources.ARN': functionArn,
    eventName: 'Invoke',
    readOnly: 'false',
    eventSource: 'lambda.amazonaws.com',
  };
  let covers: 'all' | 'some' = 'all';
  for (const field of FieldSelectors) {
    const value = fields[field.Field ?? ''];
    if (value === undefined) covers = 'some';
    else if (!holds(field, value)) return 'none';
  }
  return covers;
};

/** Whether the selectors of a trail take the invocations of a function: all of them, those by some callers, or none. */
export const coverOf = (
  selectors: {
    readonly EventSelectors?: readonly EventSelector[] | undefined;
    readonly AdvancedEventSelectors?: readonly AdvancedEventSelector[] | undefined;
  },
  functionArn: string,
): 'all' | 'some' | 'none' => {
  const found = (selectors.AdvancedEventSelectors ?? []).map((selector) => advanced(selector, functionArn));
  if (found.includes('all')) return 'all';
  // Of a basic selector, read or write events alone: an invocation counts as a write.
  if (
    (selectors.EventSelectors ?? []).some(
      (selector) => selector.ReadWriteType !== 'ReadOnly' && basic(selector, functionArn),
    )
  )
    return 'all';
  return found.includes('some') ? 'some' : 'none';
};
