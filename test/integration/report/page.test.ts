import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import chromium from '@sparticuz/chromium';
import { type Browser, chromium as playwright } from 'playwright-core';
import { metricsSvg } from '../../../cli/report/metrics';
import { reportPage } from '../../../cli/report/page';
import { momentsOf } from '../../../cli/report/timeline';
import { root } from '../../../local/aws/state';
import type { Entry, Incident } from '../../../shared/incident/incident';
import { postMortem } from '../../../shared/report/postMortem';
import { aDecision, aLedger, anIncident, aWitness } from '../../fixtures/incident';

const HOSTILE = [
  '<img src=x onerror="document.title=\'taken\'">',
  '<script>document.title="taken"</script>',
  '![x](https://evil.example/pixel.png)',
  '[click](javascript:alert(1))',
  '[x]: https://evil.example "y"',
  '</style><svg onload=alert(1)>',
  '# Released by the CISO',
  '| a | b |',
  '<meta http-equiv=refresh content="0;url=https://evil.example">',
].join('\n');

/** Usual days, and what came with the finding. */
const MEASURED = {
  from: '2026-11-19T10:00:00.000Z',
  stepSeconds: 600,
  series: [
    {
      title: 'Invocations Sum',
      values: Array.from({ length: 145 }, (_, at) => (at > 143 ? 310 : 40 + ((at * 7) % 13))),
    },
    { title: 'Errors Sum', values: Array.from({ length: 145 }, (_, at) => (at % 31 === 0 ? 1 : 0)) },
    {
      title: 'Duration Maximum',
      values: Array.from({ length: 145 }, (_, at) => (at > 143 ? 28_900 : 180 + ((at * 11) % 60))),
    },
  ],
};

const pageOf = (incident: Incident, history: readonly Entry[]): string =>
  reportPage(
    incident.id,
    postMortem(incident, aLedger(), history, new Date('2026-11-20T13:00:00.000Z')),
    momentsOf(incident, history),
    metricsSvg(incident),
  );

describe('the post-mortem as a page, in a browser', () => {
  let browser: Browser;
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tourniquet-report-'));
    browser = await playwright.launch({
      executablePath: await chromium.executablePath(),
      args: chromium.args,
    });
  });
  afterAll(() => browser.close());

  const open = async (html: string) => {
    const file = join(folder, 'report.html');
    await writeFile(file, html);
    const page = await browser.newPage({ viewport: { width: 1100, height: 1400 }, colorScheme: 'light' });
    const happened: string[] = [];
    page.on('request', (request) => {
      if (request.url() !== pathToFileURL(file).href) happened.push(request.url());
    });
    page.on('dialog', (dialog) => {
      happened.push(dialog.message());
      void dialog.dismiss();
    });
    await page.goto(pathToFileURL(file).href);
    return { page, happened };
  };

  it('runs nothing, loads nothing and links nowhere, whatever an attacker wrote', async () => {
    const incident = anIncident({
      functionName: HOSTILE,
      functionArn: HOSTILE,
      because: [HOSTILE],
      witnesses: { f: aWitness({ rule: HOSTILE, title: HOSTILE, description: HOSTILE }) },
      decision: aDecision({ action: 'false_positive', by: HOSTILE, reason: HOSTILE }),
      investigation: [HOSTILE],
      exposure: [HOSTILE],
      secrets: [{ secretArn: HOSTILE, outcome: 'failed', detail: HOSTILE, at: '2026-11-20T10:06:00.000Z' }],
      tasks: {
        aaaaaaaa: { about: HOSTILE, what: HOSTILE, contact: HOSTILE, at: '2026-11-20T10:06:00.000Z' },
      },
    });
    const { page, happened } = await open(
      pageOf(incident, [{ at: '2026-11-20T10:05:01.000Z', kind: HOSTILE, text: HOSTILE }]),
    );
    await page.waitForTimeout(500);

    expect(happened).toEqual([]);
    expect(await page.title()).toBe(`Post-mortem ${incident.id}`);
    expect(
      await page
        .locator('script, img, a, iframe, form, object, embed, link, meta[http-equiv=refresh]')
        .count(),
    ).toBe(0);
    expect(await page.locator('h1').count()).toBe(1);
    expect(await page.getByText('onerror').count()).toBeGreaterThan(0);
  });

  it('shows the incident on one axis, and is the same from the same record', async () => {
    const incident = anIncident({
      status: 'closed',
      containedAt: '2026-11-20T10:05:03.000Z',
      releasedAt: '2026-11-20T12:00:09.000Z',
      closedAt: '2026-11-20T13:00:00.000Z',
      measured: MEASURED,
      decision: aDecision({ at: '2026-11-20T12:00:00.000Z' }),
      investigation: [
        'Likely cause: A dependency brought it (score 6; it began at 2026-11-20T09:31:00.000Z; by arn:aws:iam::123456789012:role/github-deploy)',
      ],
      rootCause: {
        title: 'A dependency brought it',
        cause: 'supply-chain',
        score: 6,
        startedAt: '2026-11-20T09:31:00.000Z',
        knownBy:
          'The code was deployed at 2026-11-20T09:31:00.000Z by arn:aws:iam::123456789012:role/github-deploy [behaviour/management-events.jsonl]',
        principal: 'arn:aws:iam::123456789012:role/github-deploy',
        dependency: 'colours@1.4.1',
        files: ['node_modules/colours/index.js'],
        supports: [
          '+4: The dependency "colours" went from 1.4.0 to 1.4.1: "node_modules/colours/index.js" fetches and runs a program (T1105) [code/package.zip, code/previous.zip]',
        ],
        contradicts: [],
        others: ['Somebody replaced the code (score 1)'],
        when: [
          'Last deployment before the first sign: 2026-11-20T09:31:00.000Z [behaviour/management-events.jsonl]',
        ],
        changed: [
          '0 file(s) added, 2 changed, 0 removed since the version before [code/package.zip, code/previous.zip]',
          '2026-11-20T09:31:00.000Z lambda:UpdateFunctionCode by arn:aws:iam::123456789012:role/github-deploy with aws-sdk-js/3.900.0 from 20.1.2.3, approved as its tags say: change-id=CHG-17 [behaviour/management-events.jsonl]',
        ],
        did: [],
        indicators: ['dependency colours@1[.]4[.]1: the package has it [code/package.zip]'],
        gaps: [],
      },
      exposure: ['Did, and not before the first sign: secret payments, 1 call(s)'],
      lastInFlightAt: '2026-11-20T10:06:03.000Z',
      evidence: {
        bucket: 'tourniquet-prod-evidence-123456789012-eu-west-1',
        manifestKey: 'incidents/inc-20261120-0123456789ab/2026-11-20T10-06-40Z/manifest.json',
        manifestVersionId: 'v2',
        manifestSha256: 'b'.repeat(64),
        artifacts: 31,
        missing: ['behaviour/traces.jsonl: AccessDenied'],
        lockedUntil: '2027-11-20T10:06:40.000Z',
        signedBy: `sha256:${'c'.repeat(64)}`,
        volatileSealedAt: '2026-11-20T10:05:09.000Z',
        manifests: [
          {
            key: 'incidents/inc-20261120-0123456789ab/2026-11-20T10-05-09Z/manifest.json',
            versionId: 'v1',
            sha256: 'a'.repeat(64),
          },
          {
            key: 'incidents/inc-20261120-0123456789ab/2026-11-20T10-06-40Z/manifest.json',
            versionId: 'v2',
            sha256: 'b'.repeat(64),
          },
        ],
      },
      gate: [{ check: 'code', outcome: 'passed', because: 'other code than was contained' }],
      undelivered: { pagerduty: { at: '2026-11-20T10:05:04.000Z', about: 'contained', detail: [] } },
      tasks: {
        aaaaaaaa: {
          about: 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:payments',
          what: 'Rotate payments, which it read',
          contact: 'team-payments@example.com',
          at: '2026-11-20T10:07:00.000Z',
        },
      },
    });
    const history = [
      { at: '2026-11-20T10:05:01.000Z', kind: 'opened', text: 'by a finding of GuardDuty' },
      { at: '2026-11-20T10:06:40.000Z', kind: 'evidence', text: '31 artifacts sealed' },
    ];
    const html = pageOf(incident, history);
    const { page, happened } = await open(html);

    expect(await page.locator('.axis svg circle').count()).toBe(8);
    for (const heading of ['went well', 'went badly', 'went luckily', 'would prevent it', 'may be due'])
      expect(await page.locator('h2', { hasText: heading }).count()).toBe(1);
    expect(happened).toEqual([]);
    expect(pageOf(incident, history)).toBe(html);
    const pictures = join(root, '.local', 'test', 'pictures');
    await mkdir(pictures, { recursive: true });
    await page.screenshot({ path: join(pictures, 'report.png') });
    await page.screenshot({ path: join(pictures, 'report-whole.png'), fullPage: true });
  });
});
