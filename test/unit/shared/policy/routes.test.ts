import { DEFAULT_ROUTE, type Route, reminderOf, routeFor } from '../../../../shared/policy/routes';

const route = (changes: Partial<Route>): Route => ({ ...DEFAULT_ROUTE, slackChannel: 'C0ROUTE', ...changes });
const SUBJECT = {
  functionName: 'payments-api',
  account: '111122223333',
  labels: { team: 'payments' },
  severity: 8,
};
const at = (time: string): Date => new Date(`2026-11-24T${time}:00Z`);
const isFor = (one: Route, changes: Partial<typeof SUBJECT> = {}, now = at('12:00')): boolean =>
  routeFor({ ...SUBJECT, ...changes }, [one], now) === one;

describe('where an incident is told', () => {
  it('is as the first route says that fits, else as the deployment does', () => {
    const [first, second] = [route({ functions: 'payments-*' }), route({})];
    expect(routeFor(SUBJECT, [first, second], at('12:00'))).toBe(first);
    expect(routeFor({ ...SUBJECT, functionName: 'orders' }, [first, second], at('12:00'))).toBe(second);
    expect(routeFor(SUBJECT, [], at('12:00'))).toBe(DEFAULT_ROUTE);
  });

  it('goes by severity, account and the tag that the function had', () => {
    expect(isFor(route({ severity: 8 }))).toBe(true);
    expect(isFor(route({ severity: 9 }))).toBe(false);
    expect(isFor(route({ account: '111122223333' }))).toBe(true);
    expect(isFor(route({ account: '444455556666' }))).toBe(false);
    expect(isFor(route({ tag: { key: 'team', value: 'payments' } }))).toBe(true);
    expect(isFor(route({ tag: { key: 'team', value: 'payments' } }), { labels: { team: '' } })).toBe(false);
  });

  it('goes by the hour, over midnight too: a night belongs to the day on which it began', () => {
    const [day, night] = [
      route({ hours: { from: 8 * 60, to: 18 * 60, days: null } }),
      route({ hours: { from: 22 * 60, to: 6 * 60, days: [1] } }),
    ];
    expect(['07:59', '08:00', '17:59', '18:00'].map((time) => isFor(day, {}, at(time)))).toEqual([
      false,
      true,
      true,
      false,
    ]);
    // 2026-11-24 is a Tuesday: until six it is Monday's night.
    expect(['05:59', '06:00', '22:30'].map((time) => isFor(night, {}, at(time)))).toEqual([
      true,
      false,
      false,
    ]);
  });
});

describe('reminders of a question that nobody answers', () => {
  const telling = {
    routes: [],
    mostReminders: 5,
    escalation: [
      { reminder: 2, mention: 'S0ONCALL', slackChannel: null },
      { reminder: 4, mention: 'U0LEAD', slackChannel: 'C0LEADS' },
    ],
  };

  it('go to more people the longer nobody answers', () => {
    const asked = [1, 2, 3, 4].map((number) => reminderOf(number, telling).to.map(({ mention }) => mention));
    expect(asked).toEqual([[], ['S0ONCALL'], ['S0ONCALL'], ['S0ONCALL', 'U0LEAD']]);
  });

  it('end, and the last of them says so', () => {
    expect([4, 5, 6].map((number) => reminderOf(number, telling).outcome)).toEqual([
      'remind',
      'last',
      'none',
    ]);
  });
});
