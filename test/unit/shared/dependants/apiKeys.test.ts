import { apiKeys } from '../../../../shared/dependants/cuts/apiKeys';
import { cutClients, reachOf } from './cutClients';

const reach = reachOf();
const key = (id: string, owner: string | undefined, enabled = true) => ({
  id,
  enabled,
  name: '<!channel>',
  tags: owner === undefined ? undefined : { 'tourniquet:owner': owner },
});

describe('API keys', () => {
  it('are found beyond the first page, by the suspect’s name or ARN in their tag alone, and without a value', async () => {
    const asked: unknown[] = [];
    const clients = cutClients({
      GetApiKeys: ({ position, includeValues }) => {
        asked.push([position, includeValues]);
        return position === undefined
          ? {
              position: 'more',
              items: [key('a', reach.functionName), key('b', 'orders2'), key('c', undefined)],
            }
          : { items: [key('d', reach.suspectArn), key('e', `${reach.suspectArn}:1`), key('f', 'Orders')] };
      },
    });
    const targets = await apiKeys.find(reach, clients, []);

    expect(targets.map(({ id }) => id)).toEqual([
      'arn:aws:apigateway:eu-west-1::/apikeys/a',
      'arn:aws:apigateway:eu-west-1::/apikeys/d',
    ]);
    expect(asked).toEqual([
      [undefined, false],
      ['more', false],
    ]);
    expect(JSON.stringify(targets)).not.toContain('<!channel>');
  });

  it('are looked at without their value', async () => {
    const inputs: unknown[] = [];
    const clients = cutClients({
      GetApiKey: (input) => {
        inputs.push(input);
        return { enabled: true };
      },
    });
    const target = { id: 'arn:aws:apigateway:eu-west-1::/apikeys/a', before: { enabled: true }, breaks: '' };
    expect(await apiKeys.isCut(target, reach, clients)).toBe(false);
    expect(inputs).toEqual([{ apiKey: 'a', includeValue: false }]);
  });

  it('come back by a command, unless they were disabled', () => {
    const undo = (enabled: boolean) =>
      apiKeys.undo(
        { id: 'arn:aws:apigateway:eu-west-1::/apikeys/a', before: { enabled }, breaks: '' },
        reach,
      );
    expect(undo(true)).toEqual([
      'aws apigateway update-api-key --api-key a --patch-operations op=replace,path=/enabled,value=true --region eu-west-1',
    ]);
    expect(undo(false)).toEqual([]);
  });
});
