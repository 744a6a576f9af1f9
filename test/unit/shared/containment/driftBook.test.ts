import { type DriftBook, keeperOf, type Message } from '../../../../shared/containment/driftBook';

const EMPTY: DriftBook = { containment: 1, putBacks: {}, told: {}, untold: [] };
const message: Message = { about: 'drift-escalated', detail: ['something'] };

const keep = (first: DriftBook = EMPTY, fails = false) => {
  const saved: DriftBook[] = [];
  const told: Message[] = [];
  const clock = { now: Date.parse('2026-11-20T12:00:00.000Z') };
  const keeper = keeperOf(
    first,
    () => new Date(clock.now),
    (book) => {
      saved.push(book);
      return Promise.resolve();
    },
    (one) => {
      if (fails) return Promise.reject(new Error('nobody listens'));
      told.push(one);
      return Promise.resolve();
    },
  );
  return { keeper, saved, told, clock, last: () => saved.at(-1) ?? first };
};

describe('the book of the drift watch', () => {
  it('says the same of a subject once an hour', async () => {
    const { keeper, told, clock } = keep();

    expect(await keeper.sayOnce('role', 'a', message)).toBe(true);
    clock.now += 59 * 60_000;
    expect(await keeper.sayOnce('role', 'a', message)).toBe(false);
    clock.now += 60_000;
    expect(await keeper.sayOnce('role', 'a', message)).toBe(true);
    expect(told).toHaveLength(2);
  });

  it('says something else of it at once, and the same again after it had been as it should', async () => {
    const { keeper, told } = keep();
    await keeper.sayOnce('role', 'a', message);
    await keeper.sayOnce('role', 'b', message);
    await keeper.forget('role');
    await keeper.sayOnce('role', 'b', message);

    expect(told).toHaveLength(3);
  });

  it('says once for all what does not end', async () => {
    const { keeper, told, clock } = keep();
    await keeper.sayOnce('function', 'gone', message, 'never');
    clock.now += 24 * 3_600_000;
    await keeper.sayOnce('function', 'gone', message, 'never');

    expect(told).toHaveLength(1);
  });

  it('writes a message down before it is handed over, and hands it over with the next look', async () => {
    const dying = keep(EMPTY, true);
    await expect(dying.keeper.say(message)).rejects.toThrow('nobody listens');
    expect(dying.last().untold).toEqual([message]);

    const next = keep(dying.last());
    await next.keeper.handOver();
    expect(next.told).toEqual([message]);
    expect(next.last().untold).toEqual([]);
  });

  it('counts a put-back before it is done, and keeps the last few', async () => {
    const { keeper, last } = keep();
    for (let count = 0; count < 20; count++) await keeper.notePutBack('concurrency');

    expect(keeper.putBacks('concurrency')).toHaveLength(10);
    expect(last().putBacks).toEqual({ concurrency: keeper.putBacks('concurrency') });
    expect(keeper.putBacks('role')).toEqual([]);
  });
});
