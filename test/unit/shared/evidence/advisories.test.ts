import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Inspector2Client } from '@aws-sdk/client-inspector2';
import type { CollectorInput, CollectorTools } from '../../../../shared/evidence/collector';
import { advisories } from '../../../../shared/evidence/collectors/advisories';
import { sayAdvisories } from '../../../../shared/investigation/advisories';
import { collect } from '../../../fixtures/collected';
import { anIncident } from '../../../fixtures/incident';
import { aSuspect } from '../../../fixtures/suspect';

const ARN = aSuspect().arn;
const RESOURCE = {
  type: 'AWS_LAMBDA_FUNCTION',
  id: `${ARN}:$LATEST`,
  region: 'eu-west-1',
  details: { awsLambdaFunction: { functionName: 'order-worker', runtime: 'NODEJS_22_X' } },
};

/** A finding in the shape of the API reference (Inspector v2, Finding): times are seconds since 1970. */
const finding = (id: string, score: number, more: Readonly<Record<string, unknown>> = {}) => ({
  awsAccountId: '123456789012',
  findingArn: `arn:aws:inspector2:eu-west-1:123456789012:finding/${id.padStart(32, '0')}`,
  type: 'PACKAGE_VULNERABILITY',
  title: `CVE-2024-${id} - express`,
  description: 'A package is vulnerable.',
  severity: 'HIGH',
  status: 'ACTIVE',
  inspectorScore: score,
  exploitAvailable: 'NO',
  fixAvailable: 'YES',
  firstObservedAt: 1_763_600_000,
  lastObservedAt: 1_763_600_000,
  remediation: { recommendation: { text: 'None Provided' } },
  resources: [RESOURCE],
  packageVulnerabilityDetails: {
    vulnerabilityId: `CVE-2024-${id}`,
    source: 'NVD',
    vulnerablePackages: [
      {
        name: 'express',
        version: '4.17.0',
        packageManager: 'NODEPKG',
        filePath: 'node_modules/express/package.json',
        fixedInVersion: '4.19.2',
      },
    ],
  },
  ...more,
});
const covered = (statusCode: string, reason: string, id = `${ARN}:$LATEST`) => ({
  accountId: '123456789012',
  resourceType: 'AWS_LAMBDA_FUNCTION',
  resourceId: id,
  scanType: 'PACKAGE',
  scanStatus: { statusCode, reason },
  lastScannedAt: 1_763_600_000,
});

type Asked = { readonly path: string; readonly body: Readonly<Record<string, unknown>> };

describe('what Inspector says of a function', () => {
  let server: Server;
  let answers: Readonly<Record<string, readonly object[]>> = {};
  const asked: Asked[] = [];
  beforeAll(async () => {
    server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const path = request.url ?? '';
        const body = JSON.parse(Buffer.concat(chunks).toString() || '{}') as Asked['body'];
        asked.push({ path, body });
        const pages = answers[path] ?? [];
        const page = pages[Number(body.nextToken ?? 0)] ?? {};
        response.setHeader('content-type', 'application/json');
        if ('refused' in page) {
          response.statusCode = 403;
          response.setHeader('x-amzn-errortype', 'AccessDeniedException');
          response.end(JSON.stringify({ message: 'Invoking account does not have access to inspector2' }));
        } else response.end(JSON.stringify(page));
      });
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  });
  afterAll(() => new Promise((closed) => server.close(closed)));
  beforeEach(() => asked.splice(0));

  const input: CollectorInput = {
    incident: anIncident(),
    suspect: aSuspect(),
    window: { from: '2026-11-19T10:00:00.000Z', to: '2026-11-20T10:00:00.000Z' },
  };
  const gathered = (given: typeof answers, enabled = true) => {
    answers = given;
    const inspector = new Inspector2Client({
      region: 'eu-west-1',
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      credentials: { accessKeyId: 'none', secretAccessKey: 'none' },
      maxAttempts: 1,
    });
    const tools = { inspector: enabled ? inspector : null, signal: AbortSignal.timeout(30_000) };
    return collect(advisories, input, tools as unknown as CollectorTools);
  };

  it('is not asked for where policy names no source, and then nothing is claimed', async () => {
    const { artifacts } = await gathered({}, false);

    expect(artifacts).toEqual([]);
    expect(asked).toEqual([]);
  });

  it('is asked of the function alone, over all pages, and told as what Inspector says', async () => {
    const other = finding('9', 9.9, { resources: [{ ...RESOURCE, id: `${ARN}-2:$LATEST` }] });
    const { text, completeness } = await gathered({
      '/coverage/list': [{ coveredResources: [covered('ACTIVE', 'SUCCESSFUL')] }],
      '/findings/list': [
        { findings: [finding('1', 7.5), other], nextToken: '1' },
        { findings: [finding('2', 9.1, { severity: 'CRITICAL', exploitAvailable: 'YES' })] },
      ],
    });

    expect(asked.map(({ path }) => path)).toEqual(['/coverage/list', '/findings/list', '/findings/list']);
    expect(asked[1]?.body.filterCriteria).toEqual({
      lambdaFunctionName: [{ comparison: 'EQUALS', value: 'order-worker' }],
      awsAccountId: [{ comparison: 'EQUALS', value: '123456789012' }],
      findingType: [{ comparison: 'EQUALS', value: 'PACKAGE_VULNERABILITY' }],
      findingStatus: [{ comparison: 'EQUALS', value: 'ACTIVE' }],
    });
    expect(completeness('code/advisories.json')).toBe('complete');
    expect(sayAdvisories(text('code/advisories.json'))).toEqual([
      'Inspector says: CVE-2024-2 (CRITICAL 9.1) in express 4.17.0, fixed in 4.19.2; an exploit is known [code/advisories.json]',
      'Inspector says: CVE-2024-1 (HIGH 7.5) in express 4.17.0, fixed in 4.19.2 [code/advisories.json]',
    ]);
  });

  it.each([
    ['it is excluded', [covered('INACTIVE', 'EXCLUDED_BY_TAG')], ' (EXCLUDED_BY_TAG)'],
    ['it is not covered', [], ''],
    ['another of a like name is', [covered('ACTIVE', 'SUCCESSFUL', `${ARN}-2:$LATEST`)], ''],
  ])('says that no finding means nothing where %s', async (_case, coveredResources, reason) => {
    const { text } = await gathered({
      '/coverage/list': [{ coveredResources }],
      '/findings/list': [{ findings: [] }],
    });

    expect(sayAdvisories(text('code/advisories.json'))).toEqual([
      `Inspector does not scan this function${reason}: no finding of it means nothing [code/advisories.json]`,
    ]);
  });

  it('says when it was last scanned where Inspector knows of nothing', async () => {
    const { text } = await gathered({
      '/coverage/list': [{ coveredResources: [covered('ACTIVE', 'SUCCESSFUL')] }],
      '/findings/list': [{ findings: [] }],
    });

    expect(sayAdvisories(text('code/advisories.json'))).toEqual([
      'Inspector knows of no vulnerable package in it, last scanned at 2025-11-20T00:53:20.000Z [code/advisories.json]',
    ]);
  });

  it('keeps the worst 500, and says how many more there are', async () => {
    const page = (from: number) =>
      Array.from({ length: 100 }, (_, index) => finding(String(from + index + 1), 5));
    const { json, completeness } = await gathered({
      '/coverage/list': [{ coveredResources: [covered('ACTIVE', 'SUCCESSFUL')] }],
      '/findings/list': Array.from({ length: 6 }, (_, index) => ({
        findings: page(index * 100),
        ...(index < 5 ? { nextToken: String(index + 1) } : {}),
      })),
    });

    expect(json('code/advisories.json').findings).toHaveLength(500);
    expect(completeness('code/advisories.json')).toBe('the worst 500: 100 more are not kept');
  });

  it('fails as a source that is missing where Inspector is not enabled: the manifest then says so', async () => {
    await expect(gathered({ '/coverage/list': [{ refused: true }] })).rejects.toMatchObject({
      name: 'AccessDeniedException',
    });
  });

  it('repeats nothing of a package’s own words that could be markup or a second line', () => {
    const hostile = finding('3', 5, {
      packageVulnerabilityDetails: {
        vulnerabilityId: 'CVE-2024-3',
        vulnerablePackages: [{ name: '<img src=x>\n*evil*', version: '1|2' }],
      },
    });
    const [line = ''] = sayAdvisories(JSON.stringify({ coverage: [], findings: [hostile] }));

    expect(line).not.toMatch(/[<>*|\n]/);
  });
});
