/// <reference lib="dom" />
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import type { ApplianceStateView } from '@phalanx/contracts';
import { exchange, type ProvisionedBox, provisionBox, repositoryRoot, type TrafficTarget } from '@phalanx/testing';
import type { Page } from 'playwright-core';
import { type E2eFixture, startFixture } from '../e2e/fixture.js';
import { ConsoleBrowser, signIn } from './console-browser.js';
import { auditPage } from './page-audit.js';

const ATTACK = { method: 'GET', path: "/product?id=1'%20or%201=1--" } as const;
/** From the attack to its row on an open screen: the product's two seconds, and the browser's share on a busy machine. */
const LIVE_MS = 5_000;

describe('the console over one appliance', () => {
  let fixture: E2eFixture;
  let browser: ConsoleBrowser;
  let target: ProvisionedBox;
  let door: TrafficTarget;

  async function open(path: string): Promise<{ page: Page; complaints: string[]; close: () => Promise<void> }> {
    const { page, context, complaints } = await browser.visit();
    await signIn(page, fixture.stack.state.adminUser, fixture.stack.state.adminPassword, path);
    return { page, complaints, close: () => context.close() };
  }

  beforeAll(async () => {
    fixture = await startFixture({ consoleFolder: join(repositoryRoot, 'apps/console/dist/app') });
    target = await provisionBox(fixture.stack, fixture.api, { name: 'seoul', upstreamPort: fixture.shopPort, workers: 2 });
    door = { host: '127.0.0.1', port: target.application.listenPort, name: 'shop.example' };
    browser = await ConsoleBrowser.open(fixture.stack.controllerUrl);
  }, 240_000);

  afterAll(async () => {
    await browser?.close();
    await fixture?.stop();
  }, 60_000);

  it('says how the fleet stands, and filters by a click on a number', async () => {
    const { page, complaints, close } = await open('/fleet');
    await page.getByText('1 of 1 appliances runs exactly what it should.').waitFor();
    await page.getByRole('link', { name: /In sync/ }).click();
    await page.waitForURL(/syncState=in-sync/);
    await page.getByRole('table', { name: 'Appliances' }).getByRole('link', { name: 'seoul' }).waitFor();
    await page.goto('/fleet?syncState=failed');
    await page.getByText('No appliance matches the filter').waitFor();
    expect(complaints).toEqual([]);
    await close();
  });

  it('opens a row by keyboard and goes to the filter by /', async () => {
    const { page, close } = await open('/fleet');
    await page.getByRole('table').getByRole('link', { name: 'seoul' }).waitFor();
    await page.keyboard.press('/');
    expect(await page.evaluate(() => document.activeElement?.hasAttribute('data-list-filter'))).toBe(true);
    await page.keyboard.press('Tab');
    await page.evaluate(() => (document.activeElement as HTMLElement).blur());
    await page.keyboard.press('j');
    await page.locator('[data-row="0"]:focus').waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/appliances\//);
    await close();
  });

  it('finds the appliance by Ctrl-K', async () => {
    const { page, close } = await open('/events');
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.keyboard.press('Control+k');
    await page.getByPlaceholder(/Go to a page/).fill('seoul');
    await page
      .getByRole('option', { name: /^seoul/ })
      .first()
      .waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/(appliances|applications)\//);
    await close();
  });

  it('shows what is desired, sent and applied, and what each worker runs', async () => {
    const { page, complaints, close } = await open(`/appliances/${target.appliance.id}`);
    await page.getByText('Every worker runs exactly what is desired.').waitFor();
    const state = await fixture.api.get<ApplianceStateView>(`/api/v1/appliances/${target.appliance.id}/state`);
    const policy = state.facets.find((facet) => facet.facet === 'policy')!;
    const row = page.getByRole('table', { name: 'Desired, sent and applied' }).getByRole('row', { name: /Policy/ });
    await row.waitFor();
    expect(await row.getByText(policy.desired!.sha256.slice(0, 12)).count()).toBeGreaterThanOrEqual(3);
    const workers = page.getByRole('table', { name: 'Engine workers' });
    expect(await workers.getByText(policy.expectedDigest!.slice(0, 12)).count()).toBe(2);
    expect(await workers.getByText('as committed', { exact: true }).count()).toBe(4);
    await page.locator('canvas').first().waitFor();
    expect(await auditPage(page)).toMatchObject({ nameless: [], faint: [], untranslated: [], overflowPx: 0 });
    expect(complaints).toEqual([]);
    await close();
  });

  it('makes a claim whose secret is shown once', async () => {
    const { page, close } = await open(`/appliances/${target.appliance.id}`);
    await page.getByRole('button', { name: 'Create a claim' }).click();
    await page.getByRole('button', { name: 'Create the claim' }).click();
    const secret = await page.locator('[data-secret]').textContent();
    expect(secret!.length).toBeGreaterThan(20);
    await page.getByRole('dialog').getByRole('button', { name: 'Close' }).last().click();
    expect(await page.content()).not.toContain(secret);
    await close();
  });

  it('shows an attack on an open list within seconds, down to the matched bytes', async () => {
    const { page, complaints, close } = await open('/events');
    await page.locator('[data-live="open"]').waitFor();
    const answer = await exchange(door, ATTACK);
    expect(answer.status).toBe(403);
    const requestId = /\b[0-9a-f]{32}\b/.exec(answer.body.toString('utf8'))![0];
    const row = page.getByRole('row', { name: /Blocked.*\/product/ }).first();
    await row.waitFor({ timeout: LIVE_MS });
    await row.getByText('/product').click();
    await page.waitForURL(/event=/);
    const drawer = page.getByRole('dialog');
    await drawer.getByText(requestId, { exact: true }).waitFor();
    await drawer
      .getByRole('link', { name: /^942\d{3}$/ })
      .first()
      .waitFor();
    await drawer.getByText("1' or 1=1--").first().waitFor();
    expect((await auditPage(page)).faint).toEqual([]);
    await drawer.getByRole('link', { name: 'same source' }).click();
    await page.waitForURL(/source=127\.0\.0\.1/);
    await page.goto(`/events?requestId=${requestId}`);
    await page.getByRole('row', { name: /\/product/ }).waitFor();
    await page.goto('/events?ruleId=1');
    await page.getByText('No event matches the filter').waitFor();
    expect(complaints).toEqual([]);
    await close();
  });

  it('counts what comes while the list is paused, and shows it after', async () => {
    const { page, close } = await open('/events');
    await page
      .getByRole('row', { name: /\/product/ })
      .first()
      .waitFor();
    await page.locator('[data-live="open"]').waitFor();
    const before = await page.getByRole('row', { name: /\/paused/ }).count();
    await page.getByRole('button', { name: 'Pause' }).click();
    await exchange(door, { method: 'GET', path: "/paused?id=1'%20or%201=1--" });
    const waiting = page.getByRole('button', { name: /1 new event/ });
    await waiting.waitFor({ timeout: LIVE_MS });
    expect(await page.getByRole('row', { name: /\/paused/ }).count()).toBe(before);
    await waiting.click();
    await page
      .getByRole('row', { name: /\/paused/ })
      .first()
      .waitFor();
    await close();
  });

  it('changes the level after saying what happens, and shows it being applied', async () => {
    const { page, complaints, close } = await open(`/applications/${target.application.id}`);
    const change = async (level: string) => {
      await page.getByRole('radio', { name: new RegExp(`^${level}`) }).check();
      await page.getByRole('button', { name: `Change to ${level}…` }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByText('It takes effect on 1 appliance').waitFor();
      await dialog.getByRole('button', { name: `Change to ${level}` }).click();
      await page.locator('[data-progress]').getByText(`Change to ${level}`).waitFor();
      await page
        .locator('[data-progress]')
        .getByText(/^applied/)
        .waitFor();
    };
    await change('Detection');
    expect((await exchange(door, ATTACK)).status).not.toBe(403);
    await change('Prevention');
    expect((await exchange(door, ATTACK)).status).toBe(403);
    await page.getByRole('cell', { name: 'Paranoia level' }).waitFor();
    await page.getByRole('table', { name: 'Newest attacks' }).getByText('Detected').first().waitFor();
    expect(await auditPage(page)).toMatchObject({ nameless: [], faint: [], untranslated: [], overflowPx: 0 });
    expect(complaints).toEqual([]);
    await close();
  }, 60_000);

  it('follows a box that goes away, live', async () => {
    const { page, close } = await open('/fleet');
    await page.getByText('1 of 1 appliances runs exactly what it should.').waitFor();
    await target.box.stop();
    await page.getByText('1 of 1 appliances needs attention:').waitFor({ timeout: 60_000 });
    await page.getByRole('table').getByText('Offline').waitFor();
    await close();
  }, 90_000);

  it('revokes an enrolment only after its appliance was named', async () => {
    const { page, close } = await open(`/appliances/${target.appliance.id}`);
    await page.getByRole('button', { name: 'Revoke…' }).click();
    const dialog = page.getByRole('dialog');
    const confirm = dialog.getByRole('button', { name: 'Revoke' });
    await dialog.getByLabel('Reason').fill('taken out of service');
    expect(await confirm.isDisabled()).toBe(true);
    await dialog.getByLabel('Type seoul to confirm').fill('seoul');
    await confirm.click();
    await page.getByRole('table', { name: 'Enrolments' }).getByText('Revoked', { exact: true }).waitFor();
    await page.getByText('taken out of service').waitFor();
    await close();
  });
});
