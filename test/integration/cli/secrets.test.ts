import { forgetSecret, listSecrets, setSecret } from '../../../cli/secrets';
import { type Stage, startStage } from '../containment/stage';

const PREFIX = 'tourniquet-secrets';
const [FIRST, SECOND] = ['0123456789abcdef0123456789abcdef', 'fedcba9876543210fedcba9876543210'];

describe('the secrets of the channels', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await startStage('secrets');
  });
  afterAll(() => stage.stop());
  const list = async () => (await listSecrets(stage.clients.ssm, PREFIX)).join('\n');

  it('are listed without a value, kept where they look right, and forgotten', async () => {
    const { ssm } = stage.clients;
    expect(await list()).toMatch(/slack-bot-token +not set/);
    const said = await setSecret(ssm, PREFIX, 'slack-bot-token', ' xoxb-1234567890-abcdef\n');

    expect(said.join()).toContain('/tourniquet/secrets/slack-bot-token is set');
    expect(await list()).toMatch(/slack-bot-token +set \d{4}-/);
    expect(`${said.join()}${await list()}`).not.toContain('xoxb-1234567890');
    expect(await forgetSecret(ssm, PREFIX, 'slack-bot-token')).toContain('is gone');
    expect(await forgetSecret(ssm, PREFIX, 'slack-bot-token')).toContain('was not set');
  });

  it('are two while the signing secret is rotated', async () => {
    const { ssm } = stage.clients;
    expect(await setSecret(ssm, PREFIX, 'slack-signing-secret', FIRST)).toHaveLength(1);
    expect(await setSecret(ssm, PREFIX, 'slack-signing-secret', FIRST)).toHaveLength(1);
    expect((await setSecret(ssm, PREFIX, 'slack-signing-secret', SECOND)).join()).toContain(
      'The one before it holds too',
    );
    expect(await list()).toMatch(/slack-signing-secret-previous +set/);
  });

  it.each([
    ['slack-bot-token', 'xoxp-of-a-user'],
    ['slack-signing-secret', 'xoxb-1234567890-abcdef'],
    ['pagerduty-routing-key', ''],
    ['webhook-secret', 'short'],
  ] as const)('refuse what is no %s, and do not repeat it', async (name, value) => {
    const refused = await setSecret(stage.clients.ssm, PREFIX, name, value).then(
      () => '',
      ({ message }: Error) => message,
    );

    expect(refused).toContain(`${name}: `);
    if (value !== '') expect(refused).not.toContain(value);
  });
});
