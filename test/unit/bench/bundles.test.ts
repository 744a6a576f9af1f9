import { HOT, tooHeavy, weighBundles } from '../../../bench/bundles';

describe('the functions on the critical path', () => {
  it('weigh at most 100 KB without the SDK, each', async () => {
    const weights = await weighBundles(HOT);

    expect(weights.map(({ name }) => name)).toEqual([...HOT]);
    expect(tooHeavy(weights)).toEqual([]);
  });
});
