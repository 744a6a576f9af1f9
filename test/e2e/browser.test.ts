import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import chromium from '@sparticuz/chromium';
import { type Browser, type Locator, type Page, chromium as playwright } from 'playwright-core';
import { root } from '../../local/aws/state';
import { until } from '../../local/until';
import { openByHand } from '../../shared/detection/openByHand';
import { getIncident } from '../../shared/incident/store';
import { enter, incidentOf, makeFunction, messageWith, patch, type World } from './world';

/** Pictures of the guide: `npm run pictures` puts these into docs/. */
const PICTURES = join(root, '.local', 'test', 'pictures');

const HOSTILE =
  '<img src=x onerror="document.title=\'taken\'"> <!channel> <https://evil.example|click here> *Release ordered* `x`';

describe('the message in a browser', () => {
  let world: World;
  let browser: Browser;
  let page: Page;
  const outside: string[] = [];
  const dialogs: string[] = [];
  beforeAll(async () => {
    world = await enter();
    await mkdir(PICTURES, { recursive: true });
    browser = await playwright.launch({
      executablePath: await chromium.executablePath(),
      args: chromium.args,
    });
    page = await browser.newPage({ viewport: { width: 1280, height: 1000 }, colorScheme: 'light' });
    page.on('request', (request) => {
      const { origin, protocol } = new URL(request.url());
      if (origin !== world.instance.desk.url && protocol !== 'data:') outside.push(request.url());
    });
    page.on('dialog', (dialog) => {
      dialogs.push(dialog.message());
      void dialog.dismiss();
    });
    await page.goto(world.instance.desk.url);
  });
  afterAll(() => browser.close());

  const shot = (name: string): Promise<unknown> => page.screenshot({ path: join(PICTURES, `${name}.png`) });
  const messageOf = (name: string) => page.locator('#messages > li').filter({ hasText: name }).first();
  const works = (act: Promise<unknown>): Promise<boolean> =>
    act.then(
      () => true,
      () => false,
    );
  /** A message is drawn anew with each reply in its thread: what is scrolled to may be gone by then. */
  const scrollTo = (message: Locator): Promise<true> =>
    until('the message stays', 30, async () => (await works(message.scrollIntoViewIfNeeded())) || null);
  /**
   * Presses a button that opens a modal. Slack takes a modal within three seconds of the press, and a cold start may use
   * them up: people press again, unless it came late and is there. So may the modal of a press before it have come, over
   * everything else: people close it.
   */
  const pressFor = (message: Locator, button: string, opened: Locator): Promise<true> =>
    until(`what "${button}" opens`, 90, async () => {
      if (await opened.isVisible()) return true;
      const late = page.locator('#modal').getByRole('button', { name: 'Close', exact: true }).first();
      if (await late.isVisible()) await works(late.click({ timeout: 5000 }));
      const pressed = await works(message.getByRole('button', { name: button }).click({ timeout: 5000 }));
      return (await works(opened.waitFor({ timeout: pressed ? 5000 : 1 }))) || null;
    });

  it('shows what an attacker wrote as text: nothing loads, nothing runs, nobody is called, no link is made', async () => {
    const victim = await makeFunction(world, { mode: 'respond' });
    const { clients, stack } = world.instance;
    await openByHand(
      { arn: victim.arn, functionName: victim.name },
      { reason: HOSTILE, severity: 8 },
      stack.eventBus,
      clients.events,
    );
    await messageWith(world, victim.name, 'release');
    const message = messageOf(victim.name);
    await message.getByText('document.title').first().waitFor();

    expect(await message.locator('img, script, iframe').count()).toBe(0);
    expect(await message.locator('a[href*="evil.example"]').count()).toBe(0);
    expect(await page.title()).not.toBe('taken');
    expect([outside, dialogs]).toEqual([[], []]);
    await scrollTo(message);
    await shot('contained');
    const modal = page.locator('#modal');
    const opened = modal.getByText('What happened, newest first');
    await pressFor(message, 'Details…', opened);

    expect(await modal.locator('img, script, iframe, a[href*="evil.example"]').count()).toBe(0);
    expect([outside, dialogs]).toEqual([[], []]);
    expect(await page.title()).toContain('Slack desk');
    await shot('details');
    await modal.getByRole('button', { name: 'Close' }).first().click();
  });

  it('takes a press, and the buttons go', async () => {
    const victim = await makeFunction(world, { mode: 'respond' });
    await openByHand(
      { arn: victim.arn, functionName: victim.name },
      { reason: 'It connects to a mining pool', severity: 8 },
      world.instance.stack.eventBus,
      world.instance.clients.events,
    );
    const { id } = await incidentOf(world, victim, 'contained');
    await messageWith(world, victim.name, 'release');
    const message = messageOf(victim.name);
    await pressFor(message, 'More…', page.locator('#modal').locator('select'));
    await page.locator('#modal').locator('select').selectOption({ label: 'Ask nobody again for 4 h' });
    await page.locator('#toasts').evaluate((toasts) => toasts.replaceChildren());
    await shot('more');
    await page.locator('#modal').getByRole('button', { name: 'Cancel' }).click();
    await patch(world, victim);
    await message.getByRole('button', { name: 'Release', exact: true }).click();
    // Slack asks whether one is sure; so does the desk.
    await page.locator('#confirm').getByRole('button', { name: 'Release' }).waitFor();
    await shot('confirm');
    await page.locator('#confirm').getByRole('button', { name: 'Release' }).click();
    await incidentOf(world, victim, 'watching', 'closed');
    await message.getByText('Release ordered').waitFor();

    expect(await message.getByRole('button', { name: 'Release', exact: true }).count()).toBe(0);
    expect((await getIncident(world.records, id)).decision).toMatchObject({
      action: 'release',
      via: 'slack',
    });
    await scrollTo(message);
    await shot('released');
    expect(dialogs).toEqual([]);
  });
});
