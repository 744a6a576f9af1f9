import { ResourceNotFoundException } from '@aws-sdk/client-secrets-manager';
import { databaseUsers } from '../../../../shared/dependants/cuts/databaseUsers';
import { ACCOUNT, cutClients, reachOf } from './cutClients';

const SECRET = `arn:aws:secretsmanager:eu-west-1:${ACCOUNT}:secret:orders-AbCdEf`;
const tagged = (Value: string) => () => ({ ARN: SECRET, Tags: [{ Key: 'tourniquet:rotation', Value }] });
const target = {
  id: SECRET,
  before: { locked: false, through: 'tourniquet-prod-rotateDatabase' },
  breaks: '',
};

/** The function for databases, as far as the cut sees it: what it was asked, and a database that is locked or not. */
const database = (locked: boolean) => {
  const asked: string[] = [];
  let isLocked = locked;
  return {
    asked,
    Invoke: ({ FunctionName, Payload }: Readonly<Record<string, unknown>>) => {
      const { action, secretArn } = JSON.parse(String(Payload)) as { action: string; secretArn: string };
      asked.push(`${FunctionName} ${action} ${secretArn}`);
      if (action !== 'isLocked') isLocked = action === 'lock';
      return { Payload: Buffer.from(JSON.stringify({ locked: isLocked })) };
    },
  };
};

describe('users of databases', () => {
  it.each([
    ['database', 1],
    ['database-alternating', 1],
    ['generated', 0],
    ['plugin:database', 0],
    ['Database', 0],
  ])('of secrets tagged %s: %i', async (value, count) => {
    const { Invoke } = database(false);
    const clients = cutClients({ DescribeSecret: tagged(value), Invoke });
    expect(await databaseUsers.find(reachOf(SECRET), clients, [])).toHaveLength(count);
  });

  it('of secrets of another account, or that are gone or to be deleted, are none', async () => {
    const gone = cutClients({
      DescribeSecret: () => {
        throw new ResourceNotFoundException({ $metadata: {}, message: 'gone' });
      },
    });
    const elsewhere = SECRET.replace(ACCOUNT, '999999999999');
    expect(await databaseUsers.find(reachOf(SECRET, elsewhere), gone, [])).toEqual([]);
    const leaving = cutClients({
      DescribeSecret: () => ({ ...tagged('database')(), DeletedDate: new Date(0) }),
    });
    expect(await databaseUsers.find(reachOf(SECRET), leaving, [])).toEqual([]);
  });

  it('are looked at without being locked, through our own function alone', async () => {
    const { asked, Invoke } = database(false);
    const clients = cutClients({ DescribeSecret: tagged('database'), Invoke });
    const [found] = await databaseUsers.find(reachOf(SECRET), clients, []);

    expect(found?.before).toEqual(target.before);
    expect(asked).toEqual([`tourniquet-prod-rotateDatabase isLocked ${SECRET}`]);
  });

  it('that were locked before stay locked', async () => {
    const { asked, Invoke } = database(true);
    const clients = cutClients({ DescribeSecret: tagged('database'), Invoke });
    const [found] = await databaseUsers.find(reachOf(SECRET), clients, []);
    if (found === undefined) throw new Error('nothing was found');

    await databaseUsers.cut(found, reachOf(SECRET), clients);
    expect(await databaseUsers.mend(found, reachOf(SECRET), clients)).toEqual({
      outcome: 'restored',
      detail: 'it was locked before, and stays so',
    });
    expect(asked.filter((line) => line.includes(' unlock '))).toEqual([]);
    expect(await databaseUsers.isCut(found, reachOf(SECRET), clients)).toBe(true);
    expect(databaseUsers.undo(found, reachOf(SECRET))).toEqual([]);
  });

  it.each([
    [
      'fails',
      {
        FunctionError: 'Unhandled',
        Payload: Buffer.from('{"errorType":"NotReachable","errorMessage":"pw=x"}'),
      },
    ],
    [
      'fails strangely',
      { FunctionError: 'Unhandled', Payload: Buffer.from('{"errorType":"<!channel> pw=x"}') },
    ],
    ['says something else', { Payload: Buffer.from('{"locked":"yes, pw=x"}') }],
    ['says nothing', {}],
  ])('are an error that tells no secret where our function %s', async (_how, answer) => {
    const clients = cutClients({ DescribeSecret: tagged('database'), Invoke: () => answer });
    const error = await databaseUsers
      .cut(target, reachOf(SECRET), clients)
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'DatabaseUserError' });
    expect(String(error)).not.toMatch(/pw=x|<!channel>/);
  });

  it('are named in a plan, which asks no function and may not lock', async () => {
    const clients = { ...cutClients({ DescribeSecret: tagged('database') }), databaseFunction: '' };
    const targets = await databaseUsers.find(reachOf(SECRET), clients, []);

    expect(targets.map(({ id, before }) => [id, before])).toEqual([[SECRET, { locked: false, through: '' }]]);
    expect(await databaseUsers.isCut(target, reachOf(SECRET), clients)).toBe(false);
  });

  it('come back by a command that asks our function', () => {
    expect(databaseUsers.undo(target, reachOf(SECRET))).toEqual([
      `aws lambda invoke --function-name tourniquet-prod-rotateDatabase --payload '{"action":"unlock","secretArn":"${SECRET}"}' --cli-binary-format raw-in-base64-out /dev/stdout --region eu-west-1`,
    ]);
  });
});
