import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SecurityHubClient } from '@aws-sdk/client-securityhub';
import { parseEvent } from '../../../../shared/findings/parseEvent';
import { witnessOf } from '../../../../shared/incident/create';
import type { Incident } from '../../../../shared/incident/incident';
import { ABOUTS } from '../../../../shared/notification/about';
import { hubNote, hubStateOf, securityHubChannel } from '../../../../shared/notification/securityHub';
import { detailOf, eventOf } from '../../../fixtures/guardDuty';
import { anIncident } from '../../../fixtures/incident';

/*
 * No emulator has these calls. What is sent is compared with the request syntax of the API reference
 * (BatchUpdateFindings: PATCH /findings/batchupdate; BatchUpdateFindingsV2: PATCH /findingsv2/batchupdatev2), and what is
 * answered is what AWS prints there and in the CLI reference.
 */

type Recorded = { readonly method: string; readonly path: string; readonly body: unknown };
let server: Server;
let seen: Recorded[];
let answer: { readonly status: number; readonly body: unknown };
let client: SecurityHubClient;

beforeEach(async () => {
  seen = [];
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    seen.push({
      method: request.method ?? '',
      path: request.url ?? '',
      body: JSON.parse(Buffer.concat(chunks).toString('utf8')),
    });
    const type = (answer.body as { __type?: string }).__type;
    response.writeHead(answer.status, {
      'content-type': 'application/json',
      ...(type === undefined ? {} : { 'x-amzn-errortype': type }),
    });
    response.end(JSON.stringify(answer.body));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  client = new SecurityHubClient({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
    maxAttempts: 1,
  });
});
afterEach(() => {
  client.destroy();
  server.closeAllConnections();
  server.close();
});

const CONFIG_ID =
  'arn:aws:config:us-east-1:123456789012:config-rule/config-rule-abcdef/finding/0123456789abcdef0123456789abcdef01234567';
const CONFIG = 'arn:aws:securityhub:us-east-1::product/aws/config';
const V1 = { version: 1, id: CONFIG_ID, productArn: CONFIG } as const;
const V2 = {
  version: 2,
  accountId: '123456789012',
  id: 'finding-of-a-product',
  product: 'arn:aws:securityhub:us-east-1::productv2/aws/guardduty',
} as const;

const withHub = (hub: typeof V1 | typeof V2, changes: Partial<Incident> = {}): Incident => {
  const incident = anIncident(changes);
  const [[id, witness] = ['', undefined]] = Object.entries(incident.witnesses);
  if (witness === undefined) throw new RangeError('the incident has no witness');
  return { ...incident, witnesses: { [id]: { ...witness, hub } } };
};
const tell = (incident: Incident, about: 'contained' | 'closed' | 'evidence' = 'contained', isOn = true) =>
  securityHubChannel(client, isOn, 'tourniquet-dev').deliver({ about, incident, ledger: [], detail: [] });

describe('Security Hub', () => {
  it('is told in the first version by Id and ProductArn: the workflow state, and a note', async () => {
    answer = {
      status: 200,
      body: { ProcessedFindings: [{ Id: CONFIG_ID, ProductArn: CONFIG }], UnprocessedFindings: [] },
    };
    const incident = withHub(V1);

    expect(await tell(incident)).toEqual({ outcome: 'delivered' });
    expect(seen).toEqual([
      {
        method: 'PATCH',
        path: '/findings/batchupdate',
        body: {
          FindingIdentifiers: [{ Id: CONFIG_ID, ProductArn: CONFIG }],
          Workflow: { Status: 'NOTIFIED' },
          Note: { Text: hubNote(incident), UpdatedBy: 'tourniquet-dev' },
        },
      },
    ]);
  });

  it('is told in the second version by account, finding and product: the status id, and a comment', async () => {
    const FindingIdentifier = {
      CloudAccountUid: V2.accountId,
      FindingInfoUid: V2.id,
      MetadataProductUid: V2.product,
    };
    answer = {
      status: 200,
      body: { ProcessedFindings: [{ FindingIdentifier, MetadataUid: 'uid-1' }], UnprocessedFindings: [] },
    };
    const incident = withHub(V2, { status: 'closed' });

    expect(await tell(incident, 'closed')).toEqual({ outcome: 'delivered' });
    expect(seen).toEqual([
      {
        method: 'PATCH',
        path: '/findingsv2/batchupdatev2',
        body: { FindingIdentifiers: [FindingIdentifier], StatusId: 4, Comment: hubNote(incident) },
      },
    ]);
  });

  it('hears what a finding came to: in progress while it is open, suppressed as a false positive, else resolved', () => {
    const closed = anIncident({ status: 'closed' });
    const decision = { by: 'U0ONCALL', via: 'slack', reason: '', at: '2026-11-24T03:00:00.000Z' } as const;

    expect(hubStateOf('contained', anIncident())).toBe('in-progress');
    expect(hubStateOf('closed', { ...closed, decision: { ...decision, action: 'release' } })).toBe(
      'resolved',
    );
    expect(hubStateOf('closed', { ...closed, decision: { ...decision, action: 'false_positive' } })).toBe(
      'suppressed',
    );
  });

  it('is told nothing of an incident that was only observed: its finding would come back as new, for ever', () => {
    for (const about of ABOUTS.filter((name) => name === 'observed' || name === 'folded'))
      expect(hubStateOf(about, anIncident({ status: 'observed' }))).toBeNull();
  });

  it('that the account does not have is nobody’s failure', async () => {
    answer = {
      status: 401,
      body: {
        __type: 'InvalidAccessException',
        Message: 'Account 123456789012 is not subscribed to AWS Security Hub',
      },
    };
    expect(await tell(withHub(V1))).toEqual({ outcome: 'not-meant' });
  });

  it('that has a finding of GuardDuty not yet is told with the next announcement', async () => {
    answer = {
      status: 200,
      body: {
        ProcessedFindings: [],
        UnprocessedFindings: [
          {
            FindingIdentifier: { Id: CONFIG_ID, ProductArn: CONFIG },
            ErrorCode: 'FindingNotFound',
            ErrorMessage: 'Finding Not Found',
          },
        ],
      },
    };
    expect(await tell(withHub(V1))).toEqual({ outcome: 'delivered' });
  });

  it('that refuses is said to have failed, with its own code', async () => {
    answer = {
      status: 200,
      body: {
        ProcessedFindings: [],
        UnprocessedFindings: [
          {
            FindingIdentifier: { Id: CONFIG_ID, ProductArn: CONFIG },
            ErrorCode: 'ConcurrentUpdateError',
            ErrorMessage: 'another update is in progress',
          },
        ],
      },
    };
    await expect(tell(withHub(V1))).rejects.toThrow('Security Hub did not take 1: ConcurrentUpdateError');
  });

  it('is left alone where it is switched off, and where no finding is known to it', async () => {
    expect(await tell(withHub(V1), 'contained', false)).toEqual({ outcome: 'not-configured' });
    expect(await tell(anIncident())).toEqual({ outcome: 'not-meant' });
    expect(await tell(withHub(V1), 'evidence')).toEqual({ outcome: 'not-meant' });
    expect(seen).toEqual([]);
  });

  it('gets no word that an attacker could have written, and no more than it takes', () => {
    const incident = anIncident({ functionName: '<!channel>'.repeat(100) });
    expect(hubNote(incident)).not.toContain('channel');
    expect(hubNote(incident).length).toBeLessThanOrEqual(512);
  });

  it('knows a finding of GuardDuty by its ARN', () => {
    const detail = detailOf();
    const parsed = parseEvent(eventOf(detail), new Date());
    if (parsed.kind !== 'finding') throw new TypeError(`it is ${parsed.kind}`);

    expect(witnessOf(parsed.finding).hub).toEqual({
      version: 1,
      id: detail.arn,
      productArn: 'arn:aws:securityhub:eu-west-1::product/aws/guardduty',
    });
  });
});
